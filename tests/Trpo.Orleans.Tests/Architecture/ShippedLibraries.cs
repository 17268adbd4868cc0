using Trpo.Orleans;

namespace Trpo.Tests.Architecture;

internal static partial class ShippedLibraries
{
    public static ShippedLibrary Orleans { get; } = new("Trpo.Orleans", "Trpo.Orleans", typeof(TrpoWorkerOptions).Assembly.Location, ["Trpo.Estimators", "Trpo.Onnx", "Trpo.Runtime"], new Dictionary<string, string[]>
    {
        ["Placement"] = [],
        ["Hosting"] = [],
        ["Grains"] = ["Hosting", "Placement"],
        ["Connections"] = ["Grains", "Placement"],
        [""] = ["Connections", "Hosting", "Placement"],
    });

    public static IReadOnlyList<ShippedLibrary> All => [Runtime, Onnx, Estimators, Orleans];
}
