using System.Runtime.InteropServices;

namespace Trpo.Cli.Foundation;

/// <summary>The ends of the process that do not lead through the return of the main method.</summary>
internal static class ProcessEnd
{
    /// <summary>Ends the process without an orderly shutdown: libraries whose threads still compute write errors, or abort, while they are unloaded.</summary>
    /// <param name="exitCode">The exit code.</param>
    public static void AtOnce(int exitCode)
    {
        ShowCursor();
        try
        {
            if (OperatingSystem.IsWindows())
                NativeMethods.TerminateProcess(NativeMethods.GetCurrentProcess(), exitCode);
            else
                NativeMethods.Exit(exitCode);
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            Environment.Exit(exitCode);
        }
    }

    /// <summary>
    /// Reports an exit of the process by code that the tool runs, such as an environment that calls <see cref="Environment.Exit"/>: the error is written, and the exit code becomes
    /// <see cref="ExitCode.UserError"/>, whatever code was asked for.
    /// </summary>
    /// <returns>The registration; dispose of it when the verb has ended.</returns>
    public static IDisposable ReportUnexpected()
    {
        AppDomain.CurrentDomain.ProcessExit += Report;
        return new Registration();
    }

    private static void Report(object? sender, EventArgs arguments)
    {
        Environment.ExitCode = ExitCode.UserError;
        Console.Error.WriteLine("The process was ended by a call of Environment.Exit before the command had ended. An environment must not end the process: throw an exception instead. "
            + "A training whose run has a checkpoint is continued by trpo resume.");
    }

    // A live display hides the cursor of the terminal.
    private static void ShowCursor()
    {
        if (Console.IsOutputRedirected || OperatingSystem.IsWindows())
            return;
        try
        {
            using var output = Console.OpenStandardOutput();
            output.Write("\e[?25h"u8);
        }
        catch (IOException)
        {
            // The terminal is gone.
        }
    }

    private sealed class Registration : IDisposable
    {
        public void Dispose() => AppDomain.CurrentDomain.ProcessExit -= Report;
    }

    private static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "_exit"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern void Exit(int exitCode);

        [DllImport("kernel32"), DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
        public static extern nint GetCurrentProcess();

        [DllImport("kernel32"), DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
        [return: MarshalAs(UnmanagedType.Bool)]
        public static extern bool TerminateProcess(nint process, int exitCode);
    }
}
