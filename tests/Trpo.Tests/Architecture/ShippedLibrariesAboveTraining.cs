using Trpo.Orleans;
using Trpo.Reports;

namespace Trpo.Tests.Architecture;

internal static partial class ShippedLibraries
{
    public static ShippedLibrary Reports { get; } = new("Trpo.Reports", "Trpo.Reports", typeof(RunReport).Assembly.Location, ["Trpo.Estimators", "Trpo.Onnx", "Trpo.Runtime"], new Dictionary<string, string[]>
    {
        ["Descriptions"] = [],
        ["History"] = [],
        ["Charts"] = ["Descriptions", "History"],
        ["Csv"] = ["History"],
        ["TensorBoard.Format"] = [],
        ["TensorBoard"] = ["TensorBoard.Format"],
        ["Verdicts"] = ["History"],
        ["Html"] = ["Charts", "Descriptions", "History", "Verdicts"],
        ["Logs"] = ["Charts", "Html"],
        ["Comparisons"] = ["Charts", "Csv", "Descriptions", "History", "Html"],
        [""] = ["Charts", "Comparisons", "Csv", "Descriptions", "History", "Html", "Logs", "TensorBoard", "Verdicts"],
    });

    public static ShippedLibrary Orleans { get; } = new("Trpo.Orleans", "Trpo.Orleans", typeof(TrpoWorkerOptions).Assembly.Location, ["Trpo.Estimators", "Trpo.Onnx", "Trpo.Runtime"], new Dictionary<string, string[]>
    {
        ["Placement"] = [],
        ["Hosting"] = [],
        ["Grains"] = ["Hosting", "Placement"],
        ["Connections"] = ["Grains", "Placement"],
        [""] = ["Connections", "Grains", "Hosting", "Placement"],
    });

    public static ShippedLibrary CommandLine { get; } = new("trpo", "Trpo.Cli", typeof(global::Trpo.Cli.CommandLine).Assembly.Location, ["Trpo.Estimators", "Trpo.Onnx", "Trpo.Orleans", "Trpo.Reports", "Trpo.Runtime"], new Dictionary<string, string[]>
    {
        ["Foundation"] = [],
        ["Display"] = ["Foundation"],
        ["Clusters"] = ["Display", "Foundation"],
        ["Environments"] = ["Foundation"],
        ["Runs"] = ["Display", "Environments", "Foundation"],
        ["Studies"] = ["Environments", "Foundation", "Runs"],
        ["Inspection"] = ["Runs"],
        ["Logs.Files"] = ["Foundation"],
        ["Logs"] = ["Display", "Foundation", "Logs.Files", "Runs"],
        ["Verbs"] = ["Clusters", "Environments", "Foundation", "Inspection", "Logs", "Logs.Files", "Runs", "Studies"],
        [""] = ["Environments", "Foundation", "Verbs"],
    });

    public static IReadOnlyList<ShippedLibrary> All => [Runtime, Onnx, Estimators, Orleans, Reports, CommandLine];
}
