using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Results;
using Trpo.Results.Files;
using Trpo.Results.Report;
using Trpo.Results.Statistics;
using Trpo.Results.Studies;
using Trpo.Results.Training;
using Trpo.Tests.Support;

namespace Trpo.Tests.Results;

/// <summary>The comparison of ways to end a training.</summary>
public sealed class CandidatesTests
{
    private static readonly Comparison Tiny = new(TinyStudy.Study with { Options = TinyStudy.Study.Options with { FinalStepsPerIteration = 200 } }, Candidate.Defaults, [.. Candidates.All.Where(candidate => candidate.Name is "constant" or "grow-4" or "average")], [600, 1_000]);

    private ResultsFolder _folder = null!;

    [SetUp]
    public void Create() => _folder = new ResultsFolder();

    [TearDown]
    public void Clean() => _folder.Dispose();

    [TestCase("constant")]
    [TestCase("grow-4", "FinalStepsPerIteration = 2,048")]
    [TestCase("grow-8", "FinalStepsPerIteration = 4,096")]
    [TestCase("anneal", "FinalMaxKl = 0.001")]
    [TestCase("backtrack-0.8", "TrustRegion.MaxBacktracks = 29", "TrustRegion.BacktrackFactor = 0.8")]
    [TestCase("border", "Optimizer = steps to the border")]
    [TestCase("average", "Optimizer = the mean policy")]
    public void A_candidate_changes_what_it_says_and_nothing_else(string name, params string[] expected)
    {
        var comparison = Candidates.Comparisons.First(comparison => comparison.Study.Name == "pendulum" && comparison.Basis == Candidate.Defaults);
        var study = Named(name).Of(comparison.Study, comparison.Basis, 100_000);

        Assert.That(SettingsReader.Of(study).Except(SettingsReader.Of(Named("constant").Of(comparison.Study, comparison.Basis, 100_000))).Select(setting => setting.ToString()), Is.EqualTo(expected));
    }

    [Test]
    public void What_the_preset_has_already_is_left_out()
    {
        var preset = Candidates.Comparisons.First(comparison => comparison.Basis == Candidate.Preset);

        Assert.That(preset.Rows.Select(row => row.Candidate.Name), Has.Member("constant").And.Member("grow-4").And.None.EqualTo("anneal").And.None.EqualTo("border").And.None.EqualTo("average"));
    }

    [Test]
    public void A_run_measures_every_candidate_and_leaves_a_table()
    {
        var settings = _folder.Settings(seeds: 2) with { Candidates = [Tiny], Chosen = [TinyStudy.Study] };
        var (exitCode, said) = ResultsFolder.Run(settings with { Only = ["constant", "grow-4"] }, ComparisonRun.Of(EndingsPage.Page));
        var partial = _folder.Document(EndingsPage.Page.FileName);
        ResultsFolder.Run(settings, ComparisonRun.Of(EndingsPage.Page));
        var document = _folder.Document(EndingsPage.Page.FileName);

        Assert.That(exitCode, Is.Zero, said);
        Assert.That(said, Does.Contain("Tiny-v0, the defaults, iterations that grow to four times, 1,000 steps, seed 2: mean").And.Contain("endings.md"));
        Assert.That(partial, Does.Contain("| iterations that grow to four times |").And.Not.Contain("| the mean policy of the last fifth |"), "what was not measured is left out");
        Assert.That(document, Does.Contain("## Tiny-v0, the defaults").And.Contain("| the mean policy of the last fifth |").And.Contain("| ending | setting | 600 steps | 1,000 steps | steps to solve |").And.Not.Contain("| not measured"));
        Assert.That(document, Does.Match(@"\| iterations that grow to four times \| `FinalStepsPerIteration = 4 × StepsPerIteration` \| [\d.]+ \([\d.]+\) / [\d.]+ \|"));
    }

    [Test]
    public void The_interquartile_mean_is_that_of_the_middle_half()
    {
        Assert.That(Sample.InterquartileMean([9, 1, 2, 100]), Is.EqualTo(5.5));
        Assert.That(Sample.InterquartileMean([7]), Is.EqualTo(7));

        // Of ten, the third and the eighth count by half.
        Assert.That(Sample.InterquartileMean([-1_000, 0, 2, 3, 4, 5, 6, 8, 90, 1_000]), Is.EqualTo((1 + 3 + 4 + 5 + 6 + 4) / 5.0));
    }

    [Test]
    public void The_averaged_policy_is_the_mean_of_the_last_updates()
    {
        var constant = Run("constant");
        var averaged = Run("average");

        Assert.That(averaged.Curve, Is.EqualTo(constant.Curve), "the training is the same until its end");
        Assert.That(averaged.Returns, Is.Not.EqualTo(constant.Returns));

        static SeedResult Run(string name)
        {
            var study = TinyStudy.Study with { Environment = () => new Pendulum(), Options = new() { StepsPerIteration = 200, FinalStepsPerIteration = 200, HiddenLayers = [8] } };
            return SeedRun.Execute(Named(name).Of(study, Candidate.Defaults, 4_000), 1, new Conditions(2, 1), new Listener(), CancellationToken.None);
        }
    }

    [Test]
    public void Steps_to_the_border_use_most_of_the_radius_and_none_goes_beyond_it()
    {
        var listener = new Listener();
        var study = TinyStudy.Study with { Options = new() { StepsPerIteration = 256, FinalStepsPerIteration = 256, HiddenLayers = [16] } };
        SeedRun.Execute(Named("border").Of(study, Candidate.Defaults, 5_000), 1, new Conditions(1, 1), listener, CancellationToken.None);

        Assert.That(listener.Iterations.Select(iteration => iteration.Update.MeanKl), Is.All.LessThanOrEqualTo(0.01));
        Assert.That(listener.Iterations.Count(iteration => iteration.Update.MeanKl > 0.009), Is.GreaterThan(listener.Iterations.Count / 2));
    }

    private static Candidate Named(string name) => Candidates.All.Single(candidate => candidate.Name == name);
}
