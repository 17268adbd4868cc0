using static TorchSharp.torch;

namespace Trpo.Estimators.Foundation;

/// <summary>The recording of gradients by libtorch.</summary>
internal static class GradientMode
{
    /// <summary>Enables the recording of gradients, also in the caller's inference or no-gradient mode, until the result is disposed; that restores the caller's modes.</summary>
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
