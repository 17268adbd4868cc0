using System.Buffers.Binary;
using System.Text.RegularExpressions;
using Trpo.Results;
using Trpo.Results.Files;
using Trpo.Results.Report;
using Trpo.Tests.Support;

namespace Trpo.Tests.Results;

public sealed partial class ResultsRunTests
{
    private ResultsFolder _folder = null!;

    [SetUp]
    public void Create() => _folder = new ResultsFolder();

    [TearDown]
    public void Clean() => _folder.Dispose();

    [Test]
    public void A_run_leaves_a_document_and_a_picture()
    {
        var (exitCode, said) = Run(Settings(seeds: 2));
        var picture = File.ReadAllBytes(_folder.PathOf("docs", "results", "tiny.png"));
        var document = Document();

        Assert.That(exitCode, Is.Zero, said);
        Assert.That(picture[..8], Is.EqualTo(new byte[] { 0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A }));
        Assert.That((BinaryPrimitives.ReadInt32BigEndian(picture.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(picture.AsSpan(20))), Is.EqualTo((CurvePlot.Width, CurvePlot.Height)));
        Assert.That(picture, Has.Length.LessThan(80_000));
        Assert.That(document, Does.Contain("| Tiny-v0 | 600 | 500.0 ± 0.0, 100,000 steps | **").And.Contain("](results/tiny.png)").And.Contain("\n| 2 | "));
        Assert.That(document, Does.Contain("`TotalSteps = 600`, `StepsPerIteration = 200`, `HiddenLayers = [4]`").And.Contain("2 environments, observations"));
        Assert.That(document, Does.Contain("| Other-v0 | 600 | 500.0 ± 0.0, 100,000 steps | not measured with these settings: 0 of 2 seeds are finished |"));
        Assert.That(said, Does.Contain("Tiny-v0, seed 1: mean return").And.Contain("Tiny-v0, seed 2: mean return").And.Contain("results.md"));
    }

    [Test]
    public void A_run_started_again_trains_only_what_is_missing_and_comes_to_the_same()
    {
        Run(Settings(seeds: 2));
        var undisturbed = WithoutTimes(Document());
        File.Delete(PathOf(seed: 2));
        File.Delete(_folder.PathOf("docs", "results.md"));
        var first = File.ReadAllBytes(PathOf(seed: 1));
        var (exitCode, said) = Run(Settings(seeds: 2));

        Assert.That(exitCode, Is.Zero);
        Assert.That(said, Does.Contain("1 seed was finished before").And.Contain("Tiny-v0, seed 2: mean").And.Not.Contain("Tiny-v0, seed 1: mean"));
        Assert.That(File.ReadAllBytes(PathOf(seed: 1)), Is.EqualTo(first), "a training again would have taken another time");
        Assert.That(WithoutTimes(Document()), Is.EqualTo(undisturbed));
    }

    [Test]
    public void How_many_trainings_run_side_by_side_changes_no_return()
    {
        Run(Settings(seeds: 3) with { Parallel = 1 });
        var alone = Enumerable.Range(1, 3).Select(Load).ToList();
        Run(Settings(seeds: 3) with { Parallel = 3, Fresh = true });
        var together = Enumerable.Range(1, 3).Select(Load).ToList();

        Assert.That(together.Select(result => result.Returns), Is.EqualTo(alone.Select(result => result.Returns)));
        Assert.That(together.Select(result => result.Curve), Is.EqualTo(alone.Select(result => result.Curve)));
        Assert.That(together.Select(result => result.SideBySide), Is.All.EqualTo(3), "they were trained afresh");
        Assert.That(alone.Select(result => string.Join(' ', result.Returns)), Is.Unique, "seeds differ");
    }

    [Test]
    public void An_interruption_keeps_what_is_finished_and_says_how_to_go_on()
    {
        using var cancel = new CancellationTokenSource();
        using var output = new ReactingWriter("seed 1: mean", cancel.Cancel);
        var settings = Settings(seeds: 3) with { Parallel = 1 };
        var exitCode = ResultsRun.Execute(settings, ResultsFolder.Console(output), cancel.Token);

        Assert.That(exitCode, Is.EqualTo(130));
        Assert.That(output.ToString(), Does.Contain("Interrupted: 1 of 3 seeds were finished").And.Contain("The same command resumes from them"));
        Assert.That(File.Exists(PathOf(seed: 1)) && !File.Exists(PathOf(seed: 2)) && !File.Exists(_folder.PathOf("docs", "results.md")));
        Assert.That(Run(settings).Said, Does.Contain("1 seed was finished before"));
    }

    [Test]
    public void Results_that_another_run_replaces_meanwhile_are_an_error_that_says_so()
    {
        var settings = Settings(seeds: 2) with { Parallel = 1 };
        using var output = new ReactingWriter("seed 1: mean", () => Run(settings with { Seeds = 1, Episodes = 1 }));

        Assert.That(() => ResultsRun.Execute(settings, ResultsFolder.Console(output), CancellationToken.None), Throws.TypeOf<IOException>().With.Message.Contains("--kept"));
    }

    [Test]
    public void Damaged_and_outdated_results_are_measured_again()
    {
        Run(Settings(seeds: 2));
        var expected = Load(seed: 2).Returns;
        File.WriteAllText(PathOf(seed: 2), "{");
        var (exitCode, said) = Run(Settings(seeds: 2));

        Assert.That(exitCode, Is.Zero);
        Assert.That(said, Does.Contain("2.json is damaged and ignored").And.Contain("Tiny-v0, seed 2: mean"));
        Assert.That(Load(seed: 2).Returns, Is.EqualTo(expected));
        Assert.That(Run(Settings(seeds: 2) with { Episodes = 4 }).Said, Does.Contain("seed 1: mean").And.Contain("seed 2: mean"), "other episodes");
    }

    [Test]
    public void Results_of_an_earlier_build_stay_in_the_document_with_a_mark_and_do_not_pass_the_check()
    {
        var earlier = TinyStudy.Result(1) with { Environment = "Other-v0", Fingerprint = Fingerprint.Of(TinyStudy.Other, TinyStudy.Episodes) with { Library = "earlier" } };
        _folder.Store.Save(TinyStudy.Other, earlier);
        Run(Settings(seeds: 1));
        var output = new StringWriter();
        var exitCode = ResultsCheck.Execute(Settings(seeds: 1) with { Chosen = [TinyStudy.Study, TinyStudy.Other] }, output);

        Assert.That(Document(), Does.Contain("**2.0** ± – ¹").And.Contain("- ¹ Measured with the settings of this page, but with an earlier build"));
        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(output.ToString(), Does.Contain("holds    Tiny-v0").And.Contain("missing  Other-v0: its results are from an earlier build"));
    }

    private ResultsSettings Settings(int seeds) => _folder.Settings(seeds);

    private static (int ExitCode, string Said) Run(ResultsSettings settings) => ResultsFolder.Run(settings, ResultsRun.Execute);

    private string PathOf(int seed) => _folder.PathOf("kept", "tiny", $"{seed}.json");

    private SeedResult Load(int seed) => _folder.Store.Load(TinyStudy.Study, seed)!;

    private string Document() => _folder.Document(ResultsDocument.FileName);

    private static string WithoutTimes(string document) => Times().Replace(document, "time");

    [GeneratedRegex(@"\d+\.\d s\b")]
    private static partial Regex Times();

    /// <summary>Does something, pressing Ctrl-C for example, when something is said.</summary>
    private sealed class ReactingWriter(string when, Action react) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value!.Contains(when, StringComparison.Ordinal))
                react();
        }
    }
}
