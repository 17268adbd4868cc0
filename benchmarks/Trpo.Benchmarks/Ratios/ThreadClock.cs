using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Trpo.Benchmarks.Ratios;

/// <summary>The processor time of the calling thread on Linux, which other processes do not add to; elapsed time elsewhere.</summary>
internal static class ThreadClock
{
    private const int ThreadProcessorTime = 3;

    /// <summary>Gets the time since an unspecified origin, in milliseconds.</summary>
    public static double Milliseconds
    {
        get
        {
            if (!OperatingSystem.IsLinux())
                return Stopwatch.GetElapsedTime(0).TotalMilliseconds;
            if (GetTime(ThreadProcessorTime, out var time) != 0)
                throw new Win32Exception(Marshal.GetLastPInvokeError());
            return (time.Seconds * 1e3) + (time.Nanoseconds / 1e6);
        }
    }

    [DllImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetTime(int clock, out Time time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
