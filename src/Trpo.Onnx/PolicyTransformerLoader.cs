using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Trpo.Onnx;
using Trpo.Onnx.Interop;
using Trpo.Onnx.Runtime;

// ML.NET loads this assembly by the name that a saved model gives, and finds the loader in it by this attribute.
[assembly: LoadableClass(typeof(PolicyTransformer), typeof(PolicyTransformerLoader), null, typeof(SignatureLoadModel), "Reinforcement-learning policy", MicrosoftMLInternals.LoaderSignature)]
[assembly: LoadableClass(typeof(IDataTransform), typeof(PolicyTransformerLoader), null, typeof(SignatureLoadDataTransform), "Reinforcement-learning policy", MicrosoftMLInternals.LoaderSignature)]

namespace Trpo.Onnx;

/// <summary>
/// Creates the policy of a saved ML.NET model. ML.NET calls it by reflection, so that exceptions reach the caller inside a
/// <see cref="System.Reflection.TargetInvocationException"/>.
/// </summary>
internal static class PolicyTransformerLoader
{
    // The load of a model has a thread of its own, which takes the value of its caller's.
    private static readonly AsyncLocal<bool> Trust = new();

    /// <summary>Loads a model whose policies the caller vouches for.</summary>
    public static T Trusting<T>(Func<T> load)
    {
        Trust.Value = true;
        try
        {
            return load();
        }
        finally
        {
            Trust.Value = false;
        }
    }

    /// <summary>Reads a policy; ML.NET dictates the name and the parameters of this method.</summary>
    /// <exception cref="InvalidDataException">The record of the policy is missing, damaged, or of a newer version.</exception>
    public static PolicyTransformer Create(IHostEnvironment environment, ModelLoadContext context)
    {
        try
        {
            var (columns, selection, onnx) = MicrosoftMLInternals.Load(context, PolicyRecord.Decode);
            return GraphicsCard.Use(CardOf(environment), () => new PolicyTransformer(onnx, columns, selection, Trust.Value));
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException or FormatException or ArgumentException)
        {
            throw new InvalidDataException($"Could not load the policy of the model file: {exception.Message}", exception);
        }
    }

    /// <summary>Reads a policy that was saved as a transform of a view, and applies it to another view; ML.NET dictates the name and the parameters of this method.</summary>
    /// <exception cref="InvalidDataException">The record of the policy is missing, damaged, or of a newer version.</exception>
    public static IDataTransform Create(IHostEnvironment environment, ModelLoadContext context, IDataView source) =>
        (IDataTransform)Create(environment, context).Transform(source);

    private static GraphicsCard? CardOf(IHostEnvironment environment) => MicrosoftMLInternals.DeviceOf(environment) is { GpuDeviceId: { } id, FallbackToCpu: var fallback }
        ? new GraphicsCard(id, fallback, message =>
        {
            using var channel = environment.Start(nameof(PolicyTransformer));
            channel.Warning(MessageSensitivity.None, message);
        })
        : null;
}
