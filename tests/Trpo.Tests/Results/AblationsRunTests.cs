using Trpo.Results;
using Trpo.Results.Report;
using Trpo.Results.Studies;
using Trpo.Tests.Support;

namespace Trpo.Tests.Results;

public sealed class AblationsRunTests
{
    private ResultsFolder _folder = null!;

    [SetUp]
    public void Create() => _folder = new ResultsFolder();

    [TearDown]
    public void Clean() => _folder.Dispose();

    [Test]
    public void A_run_measures_every_variation_that_changes_something_and_leaves_a_table()
    {
        var (exitCode, said) = Run(Settings("discount-0.95", "reuse"));
        var (own, varied) = (Mean(TinyStudy.Study), Mean(Variation("discount-0.95").Of(TinyStudy.Study)!));
        var document = _folder.Document(AblationsDocument.FileName);

        Assert.That(exitCode, Is.Zero, said);
        Assert.That(said, Does.Contain("Tiny-v0, seed 2: mean").And.Contain("Tiny-v0, discount 0.95, seed 2: mean").And.Contain("ablations.md").And.Not.Contain("used again"));
        Assert.That(File.Exists(_folder.PathOf("kept", "tiny", "discount-0.95", "2.json")), Is.True);
        Assert.That(varied, Is.Not.EqualTo(own), "another discount learns another policy");
        Assert.That(document, Does.Contain($"| the study's own settings |  | {Numbers.Return(own)} | not measured |\n"));
        Assert.That(document, Does.Contain($"| discount 0.95 | `Discount = 0.95` | {Numbers.Return(varied)} (").And.Contain(") | not measured |\n").And.Not.Contain("used again"));
    }

    [Test]
    public void Results_of_the_study_itself_are_used_and_only_what_is_missing_is_trained()
    {
        ResultsFolder.Run(Settings("lambda-0.9"), ResultsRun.Execute);
        var said = Run(Settings("lambda-0.9")).Said;
        File.Delete(_folder.PathOf("kept", "tiny", "lambda-0.9", "1.json"));
        var again = Run(Settings("lambda-0.9")).Said;
        var all = Run(Settings("lambda-0.9")).Said;

        Assert.That(said, Does.Contain("Tiny-v0: 2 seeds were finished before").And.Contain("lambda 0.9, seed 1: mean").And.Not.Contain("Tiny-v0, seed"));
        Assert.That(again, Does.Contain("Tiny-v0, lambda 0.9: 1 seed was finished before").And.Contain("lambda 0.9, seed 1: mean").And.Not.Contain("lambda 0.9, seed 2"));
        Assert.That(all, Does.Contain("Wrote").And.Contain("ablations.md").And.Not.Contain("mean return"));
    }

    [Test]
    public void The_results_point_to_the_table_once_it_is_there()
    {
        const string Pointer = "[ablations.md](ablations.md)";
        ResultsFolder.Run(Settings(), ResultsRun.Execute);
        var before = _folder.Document(ResultsDocument.FileName);
        Run(Settings());
        ResultsFolder.Run(Settings(), ResultsRun.Execute);

        Assert.That(before, Does.Not.Contain(Pointer));
        Assert.That(_folder.Document(ResultsDocument.FileName), Does.Contain(Pointer));
    }

    private ResultsSettings Settings(params string[] variations) => _folder.Settings(seeds: 2) with { Variations = [.. variations.Select(Variation)] };

    private static (int ExitCode, string Said) Run(ResultsSettings settings) => ResultsFolder.Run(settings, AblationsRun.Execute);

    private static Variation Variation(string name) => Variations.All.Single(variation => variation.Name == name);

    private double Mean(Study study) => Measured.Of(study, _folder.Store, seeds: 2, TinyStudy.Episodes).Summary!.Mean;
}
