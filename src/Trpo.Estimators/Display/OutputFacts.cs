namespace Trpo.Estimators.Display;

/// <summary>The facts that decide how progress is shown on standard output, and whether it is without being asked for.</summary>
internal readonly record struct OutputFacts
{
    private static readonly string[] TestHosts = ["Microsoft.VisualStudio.TestPlatform", "Microsoft.TestPlatform", "Microsoft.Testing.Platform", "testhost", "nunit", "xunit", "TUnit"];

    /// <summary>True if standard output is no terminal.</summary>
    public bool IsRedirected { get; init; }

    /// <summary>True if the program has another writer in the place of <see cref="Console.Out"/>.</summary>
    public bool IsReplaced { get; init; }

    /// <summary>Gets the environment variable TERM.</summary>
    public string? Term { get; init; }

    /// <summary>Gets the environment variable NO_COLOR.</summary>
    public string? NoColor { get; init; }

    /// <summary>True if the process has a user (<see cref="Environment.UserInteractive"/>), unlike a service of Windows.</summary>
    public bool HasUser { get; init; }

    /// <summary>True if the process runs tests.</summary>
    public bool IsTestHost { get; init; }

    /// <summary>True if a line can be rewritten in place.</summary>
    public bool IsInteractive => !IsRedirected && !IsReplaced && Term != "dumb" && string.IsNullOrEmpty(NoColor);

    /// <summary>True if progress is shown where the options name no receiver of it.</summary>
    public bool ShowsByDefault => IsInteractive && HasUser && !IsTestHost;

    /// <summary>Returns the facts of this process.</summary>
    public static OutputFacts Current() => Console.IsOutputRedirected ? new() { IsRedirected = true } : new()
    {
        // A writer does not say that it is another one, but those of texts have another encoding.
        IsReplaced = Console.Out.Encoding.CodePage != Console.OutputEncoding.CodePage,
        Term = Environment.GetEnvironmentVariable("TERM"),
        NoColor = Environment.GetEnvironmentVariable("NO_COLOR"),
        HasUser = Environment.UserInteractive,
        IsTestHost = AppDomain.CurrentDomain.GetAssemblies().Any(assembly => IsOfTestHost(assembly.GetName().Name)),
    };

    /// <summary>Returns true for the name of an assembly that only processes of tests load.</summary>
    internal static bool IsOfTestHost(string? assembly) => assembly is not null && TestHosts.Any(host => assembly.Equals(host, StringComparison.OrdinalIgnoreCase) || assembly.StartsWith($"{host}.", StringComparison.OrdinalIgnoreCase));
}
