using Trpo.Estimators.NativeLibraries;

namespace Trpo.Tests;

/// <summary>The loading of libtorch before all tests, which may use types of TorchSharp before those of this library.</summary>
[SetUpFixture]
public sealed class TorchSetUp
{
    [OneTimeSetUp]
    public void LoadLibtorch() => TorchRuntime.EnsureLoaded();
}
