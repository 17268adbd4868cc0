using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Trpo.Tests.Onnx.Converter;

/// <summary>The view that a policy makes, as a transform that ML.NET's own tools apply to other rows, save and load.</summary>
public sealed class DataTransformTests
{
    private const BindingFlags Flags = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance;

    private readonly MLContext _ml = new(seed: 1);

    private IHostEnvironment Environment => _ml;

    [Test]
    public void It_is_applied_to_other_rows()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        var scored = policy.Transform(View(5));
        var other = View(7);
        var apply = Internal("Microsoft.ML.Data", "Microsoft.ML.Data.ApplyTransformUtils").GetMethod("ApplyTransformToData", Flags, [typeof(IHostEnvironment), scored.GetType().GetInterface("IDataTransform")!, typeof(IDataView)])!;
        var applied = (IDataView)apply.Invoke(null, [Environment, scored, other])!;

        Assert.That(applied.GetColumn<uint>("Action"), Is.EqualTo(policy.Transform(other).GetColumn<uint>("Action")));
        Assert.That(applied.GetColumn<uint>("Action").Count(), Is.EqualTo(7));
    }

    [Test]
    public void It_is_saved_and_loaded_over_other_rows()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        var scored = policy.Transform(View(5));
        var other = View(7);
        using var stream = new MemoryStream();
        using (var writer = (IDisposable)Internal("Microsoft.ML.Core", "Microsoft.ML.RepositoryWriter").GetMethod("CreateNew", Flags)!.Invoke(null, [stream, Environment, true])!)
        {
            var save = typeof(ModelSaveContext).GetMethods(Flags).Single(method => method.Name == "SaveModel" && method.IsStatic && method.GetParameters().Length == 3);
            save.MakeGenericMethod(scored.GetType().GetInterface("IDataTransform")!).Invoke(null, [writer, scored, "transform"]);
            writer.GetType().GetMethod("Commit", Flags)!.Invoke(writer, null);
        }

        stream.Position = 0;
        using var reader = (IDisposable)Internal("Microsoft.ML.Core", "Microsoft.ML.RepositoryReader").GetMethod("Open", Flags)!.Invoke(null, [stream, Environment, true])!;
        var load = Internal("Microsoft.ML.Core", "Microsoft.ML.ModelLoadContext").GetMethods(Flags).Single(method => method is { Name: "LoadModel", IsStatic: true } && method.GetParameters() is [_, _, var third, var fourth, _] && third.ParameterType == reader.GetType() && fourth.ParameterType == typeof(string));
        object?[] arguments = [Environment, null, reader, "transform", new object[] { other }];
        load.MakeGenericMethod(scored.GetType().GetInterface("IDataTransform")!, Internal("Microsoft.ML.Data", "Microsoft.ML.Data.SignatureLoadDataTransform")).Invoke(null, arguments);
        var loaded = (IDataView)arguments[1]!;

        Assert.That(loaded.GetColumn<float[]>("Score"), Is.EqualTo(policy.Transform(other).GetColumn<float[]>("Score")));
    }

    private static Type Internal(string assembly, string name) => Assembly.Load(assembly).GetType(name, throwOnError: true)!;

    private IDataView View(int rows) => Support.Policies.View(_ml, Support.Policies.Observations(rows));
}
