using Microsoft.ML.OnnxRuntime;

namespace Trpo.Onnx.Runtime;

/// <summary>The graphics card that OnnxRuntime is asked to run policies on, by its CUDA provider.</summary>
/// <param name="DeviceId">The index of the card.</param>
/// <param name="FallbackToCpu">True if the CPU may take its place.</param>
/// <param name="Warn">Receives the reason if it does.</param>
internal sealed record GraphicsCard(int DeviceId, bool FallbackToCpu, Action<string> Warn)
{
    // ML.NET calls loaders without a place for settings.
    private static readonly AsyncLocal<GraphicsCard?> Asked = new();

    /// <summary>Opens policies on a card.</summary>
    /// <param name="card">The card; null for the CPU.</param>
    /// <param name="open">Opens them.</param>
    public static T Use<T>(GraphicsCard? card, Func<T> open)
    {
        var outer = Asked.Value;
        Asked.Value = card;
        try
        {
            return open();
        }
        finally
        {
            Asked.Value = outer;
        }
    }

    /// <summary>Opens a session on the card that is asked for, or on the CPU.</summary>
    /// <param name="model">The bytes of the model.</param>
    /// <exception cref="OnnxRuntimeException">OnnxRuntime does not open the model.</exception>
    /// <exception cref="DllNotFoundException">The card cannot be used, and the CPU may not take its place.</exception>
    public static InferenceSession Open(byte[] model)
    {
        using var onCpu = SessionSettings.Create();
        if (Asked.Value is not { } card)
            return new InferenceSession(model, onCpu);
        using var onCard = SessionSettings.Create();
        try
        {
            onCard.AppendExecutionProvider_CUDA(card.DeviceId);
            return new InferenceSession(model, onCard);
        }
        catch (Exception exception) when (exception is OnnxRuntimeException or EntryPointNotFoundException or DllNotFoundException)
        {
            var reason = FormattableString.Invariant($"OnnxRuntime cannot run the policy on the graphics card {card.DeviceId} that MLContext.GpuDeviceId asks for: {exception.Message}");

            // Without an inner exception: whoever unwraps those of ML.NET's loaders takes the innermost for the cause.
            if (!card.FallbackToCpu)
                throw new DllNotFoundException($"{reason} Reference Microsoft.ML.OnnxRuntime.Gpu on a machine with CUDA, set FallbackToCpu, or leave GpuDeviceId null.");
            var session = new InferenceSession(model, onCpu);
            card.Warn($"{reason} It runs on the CPU.");
            return session;
        }
    }
}
