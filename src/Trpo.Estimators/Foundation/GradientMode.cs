using static TorchSharp.torch;

namespace Trpo.Estimators.Foundation;

/// <summary>Turns the recording of gradients on for a while, whatever the caller has turned off.</summary>
internal static class GradientMode
{
    /// <summary>Gradients are recorded until the result is disposed; then the caller's modes are as they were.</summary>
    public static IDisposable Enable() => new Modes(inference_mode(false), enable_grad());

    private sealed class Modes(IDisposable inference, IDisposable gradients) : IDisposable
    {
        public void Dispose()
        {
            gradients.Dispose();
            inference.Dispose();
        }
    }
}
