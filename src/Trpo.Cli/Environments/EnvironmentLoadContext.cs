using System.Reflection;
using System.Runtime.Loader;
using Trpo.Estimators;
using Trpo.Onnx;
using Trpo.Runtime.Spaces;

namespace Trpo.Cli.Environments;

/// <summary>
/// The load context of an assembly with environments and its dependencies. The assemblies whose types the tool and the environments exchange, and those of which a process can have only one, are
/// the tool's own.
/// </summary>
internal sealed class EnvironmentLoadContext : AssemblyLoadContext
{
    private static readonly string[] Shared =
    [
        typeof(TrpoEstimator).Assembly.GetName().Name!, typeof(PolicyTransformer).Assembly.GetName().Name!, typeof(ActionSpace).Assembly.GetName().Name!, "Microsoft.ML", "TorchSharp",
    ];

    private readonly AssemblyDependencyResolver _resolver;

    /// <param name="path">The path of the assembly.</param>
    public EnvironmentLoadContext(string path)
        : base(path) => _resolver = new AssemblyDependencyResolver(path);

    /// <summary>True if an assembly is the tool's own. Those of ML.NET have a common prefix.</summary>
    public static bool IsShared(string name) =>
        Shared.Contains(name) || name.StartsWith("Microsoft.ML.", StringComparison.Ordinal);

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (IsShared(assemblyName.Name ?? ""))
            return null;
        return _resolver.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null;
    }

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;
}
