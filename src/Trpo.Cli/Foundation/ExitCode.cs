namespace Trpo.Cli.Foundation;

/// <summary>The exit codes of the process, which the help lists.</summary>
internal static class ExitCode
{
    /// <summary>Success.</summary>
    public const int Done = 0;

    /// <summary>An error that the user can correct: a setting, a file, an environment, a training that diverged, a cluster that does not answer.</summary>
    public const int UserError = 1;

    /// <summary>A command line that the tool does not have, or a response file that cannot be read.</summary>
    public const int WrongUsage = 2;

    /// <summary>A bug of the tool itself (EX_SOFTWARE of sysexits).</summary>
    public const int InternalError = 70;

    /// <summary>An interruption by Ctrl-C, SIGTERM or SIGHUP.</summary>
    public const int Interrupted = 130;
}
