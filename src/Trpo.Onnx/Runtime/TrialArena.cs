using Microsoft.ML.OnnxRuntime;

namespace Trpo.Onnx.Runtime;

/// <summary>
/// Where policies are tried out: a few bytes of a graph can ask for any amount of memory, and OnnxRuntime takes what the machine gives. This
/// pool ends; all trials of the process share it, one at a time. It is the one pool that OnnxRuntime has for sessions that ask for a shared one:
/// an application that sets up its own replaces it, and the bounds of trials by its own.
/// </summary>
internal static class TrialArena
{
    /// <summary>The memory that the values between a policy's input and its outputs may take during a trial.</summary>
    public const int Bytes = 256 << 20;

    private static readonly Lazy<bool> Registered = new(Register);

    /// <summary>One trial at a time, so that none fails because of another.</summary>
    public static Lock Turn { get; } = new();

    /// <summary>Sets the pool up, if it is not. Where that fails, no policy is to blame.</summary>
    public static void Prepare() => _ = Registered.Value;

    /// <summary>Makes a session take its memory from the pool, and compute nothing before it is run.</summary>
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
