namespace Trpo.Cli.Foundation;

/// <summary>What the process says at its end; the help lists them.</summary>
internal static class ExitCode
{
    /// <summary>All was done.</summary>
    public const int Done = 0;

    /// <summary>Something that the user can mend: an option's value, a file, an environment, a training that became ill.</summary>
    public const int Mendable = 1;

    /// <summary>The command line is not one that the tool has.</summary>
    public const int WrongUsage = 2;

    /// <summary>A fault of the tool itself (EX_SOFTWARE of sysexits).</summary>
    public const int Fault = 70;

    /// <summary>Ctrl-C, or SIGTERM.</summary>
    public const int Interrupted = 130;
}
