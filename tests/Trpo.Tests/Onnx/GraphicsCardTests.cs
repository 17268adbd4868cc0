using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;
using Trpo.Onnx;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx;

/// <summary>The graphics card that a context asks for, with an OnnxRuntime that has none.</summary>
public sealed class GraphicsCardTests
{
    private readonly List<string> _messages = [];
    private TemporaryFolder _folder = null!;

    private string Path => _folder.PathOf("policy.zip");

    [SetUp]
    public void CreateFolder()
    {
        Assume.That(OrtEnv.Instance().GetAvailableProviders(), Has.None.EqualTo("CUDAExecutionProvider"));
        _messages.Clear();
        _folder = new TemporaryFolder();
    }

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void The_cpu_takes_its_place_with_one_warning_if_it_may([Values] bool isInChain)
    {
        Save(LiteralPolicies.Elementwise("Softsign"), isInChain);
        var loaded = Load(new MLContext { GpuDeviceId = 3, FallbackToCpu = true });

        Assert.That(PolicyChain.FromModel(loaded).Policy.Session.Engine, Is.EqualTo(PolicyEngine.OnnxRuntime));
        Assert.That(_messages.Where(message => message.Contains("graphics card 3", StringComparison.Ordinal)), Has.One.Contains("It runs on the CPU."));
        ((IDisposable)loaded).Dispose();
    }

    [Test]
    public void It_is_an_exception_by_name_if_it_may_not([Values] bool isInChain)
    {
        Save(LiteralPolicies.Elementwise("Softsign"), isInChain);
        var ml = new MLContext { GpuDeviceId = 0, FallbackToCpu = false };

        Assert.That(() => Load(ml), Throws.TypeOf<DllNotFoundException>().With.Message.Contains("MLContext.GpuDeviceId").And.Message.Contains("FallbackToCpu"));
        Assert.That(Causes(Assert.Catch(() => ml.Model.Load(Path, out _))), Has.Some.TypeOf<DllNotFoundException>());
    }

    [Test]
    public void Perceptrons_run_in_managed_code_whatever_the_context_says()
    {
        Save(LiteralPolicies.Elementwise("Tanh"), isInChain: false);
        var loaded = (PolicyTransformer)Load(new MLContext { GpuDeviceId = 0, FallbackToCpu = false });

        Assert.That(loaded.Session.Engine, Is.EqualTo(PolicyEngine.Managed));
        Assert.That(_messages, Has.None.Contains("graphics card"));
        loaded.Dispose();
    }

    [Test]
    public void Nothing_is_asked_without_a_card()
    {
        Save(LiteralPolicies.Elementwise("Softsign"), isInChain: false);
        var loaded = (PolicyTransformer)Load(new MLContext { FallbackToCpu = false });

        Assert.That(loaded.Session.Engine, Is.EqualTo(PolicyEngine.OnnxRuntime));
        Assert.That(_messages, Has.None.Contains("graphics card"));
        loaded.Dispose();
    }

    private static IEnumerable<Exception> Causes(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
            yield return exception;
    }

    private void Save(byte[] onnx, bool isInChain)
    {
        var ml = new MLContext();
        using var policy = new PolicyTransformer(onnx, new());
        var length = policy.Metadata.Observations.Length;
        var view = ml.Data.LoadFromEnumerable(Support.Policies.Observations(3, length).Select(row => new PolicyInput { Observation = row }));
        PolicyModel.Save(ml, isInChain ? ml.Transforms.CopyColumns("Copy", "Observation").Fit(view).Append(policy) : policy, view.Schema, Path);
    }

    private ITransformer Load(MLContext ml)
    {
        ml.Log += (_, e) => _messages.Add(e.Message);
        return PolicyModel.Load(ml, Path, out _);
    }
}
