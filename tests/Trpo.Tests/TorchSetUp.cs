using Trpo.Estimators.NativeLibraries;

namespace Trpo.Tests;

/// <summary>Tests may touch torch types before they touch this library's; an application does the same as here.</summary>
[SetUpFixture]
public sealed class TorchSetUp
{
    [OneTimeSetUp]
    public void LoadLibtorch() => TorchRuntime.EnsureLoaded();
}
