using Microsoft.ML.OnnxRuntime;

namespace Trpo.Onnx.Runtime;

/// <summary>
/// A bounded pool of memory for trial runs of policies. A few bytes of a graph can ask for any amount of memory, and OnnxRuntime allocates all
/// that the machine has. All trials of the process share the pool, one at a time. OnnxRuntime has one such pool for sessions that ask for a
/// shared one: an application that registers its own replaces this one, and its bound.
/// </summary>
internal static class TrialArena
{
    /// <summary>The maximum memory of all values that a policy computes during a trial, in bytes.</summary>
    public const int Bytes = 256 << 20;

    private static readonly Lazy<bool> Registered = new(Register);

    /// <summary>The lock of trials: one at a time, so that none fails because of another.</summary>
    public static object Turn { get; } = new();

    /// <summary>Registers the pool once. A failure is not the fault of a policy.</summary>
    public static void Prepare() => _ = Registered.Value;

    /// <summary>Sets a session up to allocate from the pool, and to compute nothing before it is run.</summary>
    public static void Use(SessionOptions options)
    {
        options.AddSessionConfigEntry("session.use_env_allocators", "1");
        options.AddSessionConfigEntry("session.use_device_allocator_for_initializers", "1");
        options.AddSessionConfigEntry("session.disable_prepacking", "1");
        options.GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL;
    }

    private static bool Register()
    {
        using var memory = new OrtMemoryInfo(OrtMemoryInfo.allocatorCPU, OrtAllocatorType.ArenaAllocator, 0, OrtMemType.Default);

        // Grown by what is asked for (1), in pieces of the default size (-1).
        using var arena = new OrtArenaCfg(Bytes, 1, 1 << 20, -1);
        OrtEnv.Instance().CreateAndRegisterAllocator(memory, arena);
        return true;
    }
}
