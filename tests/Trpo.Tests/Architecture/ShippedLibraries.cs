using Trpo.Estimators;
using Trpo.Onnx;
using Trpo.Runtime.Graph;

namespace Trpo.Tests.Architecture;

/// <summary>The libraries that are packed, from the bottom up, and their rooms. Those that stand above training are in another file.</summary>
internal static partial class ShippedLibraries
{
    public static ShippedLibrary Runtime { get; } = new("Trpo.Runtime", "Trpo.Runtime", typeof(PolicyMetadata).Assembly.Location, [], new Dictionary<string, string[]>
    {
        ["Decisions"] = [],
        ["Files"] = [],
        ["Randomness"] = [],
        ["Spaces"] = [],
        ["Kernels"] = [],
        ["Graph"] = ["Spaces"],
        ["Operations"] = ["Kernels"],
        ["Sampling"] = ["Graph", "Randomness", "Spaces"],
        ["Compilation"] = ["Graph", "Kernels", "Operations", "Spaces"],
        [""] = ["Compilation", "Files", "Graph", "Kernels", "Operations", "Randomness", "Sampling", "Spaces"],
    });

    public static ShippedLibrary Onnx { get; } = new("Trpo.Onnx", "Trpo.Onnx", typeof(PolicyTransformer).Assembly.Location, ["Trpo.Runtime"], new Dictionary<string, string[]>
    {
        ["Files"] = [],
        ["Graph.Format"] = [],
        ["Interop"] = [],
        ["Sampling"] = [],
        ["Graph"] = ["Graph.Format"],
        ["Columns"] = ["Graph", "Graph.Format"],
        ["Runtime"] = ["Columns"],
        ["Rows"] = ["Interop"],
        ["Admission"] = ["Graph.Format"],
        ["Conversion"] = ["Admission", "Graph", "Graph.Format", "Interop", "Rows", "Runtime"],
        [""] = ["Admission", "Columns", "Conversion", "Files", "Graph", "Graph.Format", "Interop", "Rows", "Runtime", "Sampling"],
        ["Hosting"] = ["", "Files", "Runtime"],
    });

    public static ShippedLibrary Estimators { get; } = new("Trpo.Estimators", "Trpo.Estimators", typeof(TrpoEstimator).Assembly.Location, ["Trpo.Onnx", "Trpo.Runtime"], new Dictionary<string, string[]>
    {
        ["Display"] = [],
        ["Distributions"] = [],
        ["Foundation"] = [],
        ["Checkpoints"] = ["Foundation"],
        ["Environments"] = ["Checkpoints", "Foundation"],
        ["Environments.Checking"] = ["Environments"],
        ["Environments.ClassicControl"] = ["Checkpoints", "Environments"],
        ["Environments.Stepping"] = ["Checkpoints", "Environments", "Threading"],
        ["Environments.DataViews"] = ["Environments", "Environments.Stepping", "Foundation", "Threading"],
        ["Evaluation"] = ["Environments", "Environments.DataViews", "Environments.Stepping", "Foundation"],
        ["Kernels"] = [],
        ["Logs.Estimation"] = ["Estimation"],
        ["Logs.Estimation.Episodes"] = ["Logs.Estimation"],
        ["Logs"] = ["Logs.Estimation", "Logs.Estimation.Episodes"],
        ["Logs.Checking"] = ["Environments.Checking", "Logs", "Logs.Estimation"],
        ["Logs.Evaluation"] = ["Evaluation", "Foundation", "Logs", "Logs.Estimation", "Logs.Estimation.Episodes"],
        ["Logs.Learning.Rewards"] = ["Baselines", "Logs", "Logs.Estimation", "Networks", "Optimization"],
        ["Logs.Learning"] = ["Checkpoints", "Display", "Distributions", "Estimation", "Foundation", "Logs", "Logs.Estimation", "Logs.Learning.Rewards", "NativeLibraries", "Networks", "Optimization", "Policies", "Threading"],
        ["Cloning"] = ["Distributions", "Foundation", "Logs", "NativeLibraries", "Networks", "Optimization", "Policies"],
        ["NativeLibraries"] = [],
        ["Pipelines"] = ["Environments.DataViews"],
        ["Optimization"] = ["Foundation", "Threading"],
        ["Health"] = ["Checkpoints", "Foundation", "Optimization"],
        ["Networks"] = ["Checkpoints", "Foundation", "Kernels", "Optimization"],
        ["Baselines"] = ["Checkpoints", "Estimation", "Foundation", "Networks", "Optimization", "Threading"],
        ["Workers"] = ["Distributions", "Environments", "Foundation", "Networks", "Pipelines"],
        [""] = ["Baselines", "Checkpoints", "Display", "Distributions", "Foundation", "Health", "Networks", "Optimization", "Workers"],
        ["Policies"] = ["Checkpoints", "Distributions", "Networks", "Optimization", "Threading"],
        ["Statistics"] = ["Evaluation", "Foundation"],
        ["Studies"] = ["", "Foundation"],
        ["Telemetry"] = ["", "Foundation", "Optimization"],
        ["Threading"] = [],
        ["Trajectories"] = ["Checkpoints"],
        ["Estimation"] = ["Trajectories"],
        ["Shards"] = ["Baselines", "Checkpoints", "Distributions", "Environments", "Environments.DataViews", "Environments.Stepping", "Estimation", "Foundation", "Optimization", "Policies", "Threading", "Trajectories", "Workers"],
        ["Shards.Remote"] = ["Baselines", "Checkpoints", "Environments", "Environments.DataViews", "Estimation", "Foundation", "Kernels", "Optimization", "Policies", "Shards", "Telemetry", "Trajectories", "Workers"],
        ["Resuming"] = ["", "Checkpoints", "Environments", "Environments.DataViews", "Environments.Stepping", "Foundation", "Health", "Policies", "Shards", "Telemetry", "Trajectories"],
        ["Training"] = ["", "Baselines", "Checkpoints", "Distributions", "Environments", "Environments.Checking", "Environments.DataViews", "Estimation", "Foundation", "Health", "Networks", "Optimization", "Pipelines", "Policies", "Resuming", "Shards", "Shards.Remote", "Telemetry", "Trajectories", "Workers"],
        ["Workers.Hosting"] = ["", "Baselines", "Checkpoints", "Environments", "Environments.DataViews", "Environments.Stepping", "Estimation", "Foundation", "NativeLibraries", "Networks", "Optimization", "Pipelines", "Policies", "Shards", "Shards.Remote", "Telemetry", "Threading", "Training", "Trajectories", "Workers"],
        ["Probing"] = ["", "Baselines", "Distributions", "Environments", "Foundation", "Health", "Optimization", "Policies"],
        ["(entry)"] = ["", "Baselines", "Cloning", "Display", "Environments", "Environments.Checking", "Environments.DataViews", "Environments.Stepping", "Evaluation", "Foundation", "Logs", "Logs.Checking", "Logs.Evaluation", "Logs.Learning", "NativeLibraries", "Networks", "Optimization", "Policies", "Probing", "Shards", "Telemetry", "Training"],
    })
    {
        // Training takes the options and reports the iterations of the root, and the entry types call it.
        EntryTypes = ["MLContextExtensions", "ReinforcementLearningCatalog", "ReinforcementLearningTrainers", "TrpoEstimator"],
    };
}
