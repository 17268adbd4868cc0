using Spectre.Console;
using Trpo.Results;
using Trpo.Results.Files;

namespace Trpo.Tests.Support;

/// <summary>A folder of finished seeds and documents, and runs that fill it.</summary>
internal sealed class ResultsFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("trpo-results-");

    public DirectoryInfo Kept => new(Path.Combine(_folder.FullName, "kept"));

    public ResultStore Store => new(Kept);

    public static IAnsiConsole Console(TextWriter output) =>
        AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(output) });

    public static (int ExitCode, string Said) Run(ResultsSettings settings, Func<ResultsSettings, IAnsiConsole, CancellationToken, int> execute)
    {
        var output = new StringWriter();
        var exitCode = execute(settings, Console(output), CancellationToken.None);
        return (exitCode, output.ToString());
    }

    /// <summary>Runs the tiny study; the other one is in the documents too.</summary>
    public ResultsSettings Settings(int seeds) => new()
    {
        All = [TinyStudy.Study, TinyStudy.Other],
        Chosen = [TinyStudy.Study],
        Seeds = seeds,
        Episodes = TinyStudy.Episodes,
        Kept = Kept,
        Documents = new DirectoryInfo(PathOf("docs")),
    };

    public string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([_folder.FullName, .. parts]);

    public string Document(string name) => File.ReadAllText(PathOf("docs", name));

    public void Dispose() => _folder.Delete(recursive: true);
}
