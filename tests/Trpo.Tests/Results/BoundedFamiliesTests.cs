using Trpo.Results;
using Trpo.Results.Report;
using Trpo.Results.Studies;
using Trpo.Results.Training;
using Trpo.Tests.Support;

namespace Trpo.Tests.Results;

/// <summary>The comparison of families of distributions over bounded actions.</summary>
public sealed class BoundedFamiliesTests
{
    private static readonly Comparison Tiny = BoundedFamilies.Comparisons.First(comparison => comparison.Study.Name == "point-mass-skewed") with { Steps = [400] };

    private static readonly Comparison Small = Tiny with { Study = Tiny.Study with { Environments = 2, Options = new() { StepsPerIteration = 200, HiddenLayers = [4] } } };

    private ResultsFolder _folder = null!;

    [SetUp]
    public void Create() => _folder = new ResultsFolder();

    [TearDown]
    public void Clean() => _folder.Dispose();

    [Test]
    public void Settings_differ_between_all_rows_and_names_of_files_too()
    {
        var studies = BoundedFamilies.Comparisons.SelectMany(comparison => comparison.Rows).SelectMany(row => row.Studies).ToList();

        Assert.That(studies, Has.Count.EqualTo(8 * 5), "every family on every task");
        Assert.That(studies.Select(study => string.Join(", ", SettingsReader.Of(study))), Is.Unique);
        Assert.That(studies.Select(study => _folder.Store.PathOf(study, seed: 1)), Is.Unique);
        Assert.That(studies.Select(study => study.Label), Is.Unique);
    }

    [TestCase("censored")]
    [TestCase("drawn", "Distribution = drawn normal")]
    [TestCase("censored-divergence", "Distribution = censored normal with its own divergence")]
    [TestCase("squashed", "Environment = Pendulum, squashed")]
    [TestCase("beta", "Distribution = beta")]
    public void A_family_changes_what_it_says_and_nothing_else(string name, params string[] expected)
    {
        var rows = BoundedFamilies.Comparisons[0].Rows;
        var (own, other) = (rows[0].Studies[0], rows.Single(row => row.Candidate.Name == name).Studies[0]);

        Assert.That(SettingsReader.Of(other).Except(SettingsReader.Of(own)).Select(setting => setting.ToString()), Is.EqualTo(expected));
    }

    [Test]
    public void The_tasks_are_those_of_the_results_and_point_masses_and_the_results_have_none_of_the_latter()
    {
        Assert.That(BoundedFamilies.Studies.Select(study => study.Name), Is.EqualTo(new[] { "pendulum", "mountain-car-continuous", "point-mass-200", "point-mass-milli", "point-mass-skewed", "point-mass-far" }));
        Assert.That(Catalog.All.Select(study => study.Name), Has.None.StartsWith("point-mass"));
        Assert.That(BoundedFamilies.Comparisons.Select(comparison => (comparison.Basis, comparison.Steps.Single())), Is.EqualTo(new[]
        {
            (Candidate.Preset, 100_000), (Candidate.Defaults, 300_000), (Candidate.Preset, 50_000), (Candidate.Defaults, 100_000),
            (Candidate.Defaults, 60_000), (Candidate.Defaults, 60_000), (Candidate.Defaults, 60_000), (Candidate.Defaults, 60_000),
        }));
    }

    [Test]
    public void A_policy_that_does_not_train_learns_no_task_but_the_one_whose_best_action_is_a_constant()
    {
        foreach (var comparison in BoundedFamilies.Comparisons)
        {
            var untrained = UntrainedReturns.Of(comparison.Study, TinyStudy.Episodes);

            Assert.That(untrained.Uniform, Is.LessThan(comparison.Learned!.MinReturn), comparison.Study.Title);
            Assert.That(untrained.BestConstant >= comparison.Learned.MinReturn, Is.EqualTo(comparison.Study.Name == "point-mass-far"), comparison.Study.Title);
        }
    }

    [Test]
    public void A_run_measures_every_family_and_leaves_a_table_of_all_tasks_and_one_for_each()
    {
        var settings = _folder.Settings(seeds: 2) with { Families = [Small], Chosen = [Small.Study] };
        var (exitCode, said) = ResultsFolder.Run(settings with { Only = ["censored", "beta"] }, ComparisonRun.Of(FamiliesPage.Page));
        var partial = _folder.Document("actions.md");
        ResultsFolder.Run(settings, ComparisonRun.Of(FamiliesPage.Page));
        var document = _folder.Document("actions.md");
        var families = BoundedFamilies.All.Select(family => family.Title).ToList();

        Assert.That(exitCode, Is.Zero, said);
        Assert.That(said, Does.Contain("the defaults, beta, 400 steps, seed 2: mean").And.Contain("actions.md").And.Not.Contain("tanh"));
        Assert.That(partial, Does.Contain("| beta | `").And.Not.Contain("| normal, through tanh |"), "what was not measured is left out");
        foreach (var family in families)
            Assert.That(document, Does.Match($@"\n\| {family} \| \d of 2 \|\n").And.Match($@"\n\| {family} \| `[^`]+` \| -?[\d.]+ \(-?[\d.]+\) / -?[\d.]+ \| ≥ [\d,]+ \| \d of 2 \|\n"));
        Assert.That(document, Does.Contain("-- families all --seeds 2").And.Contain("| family | setting | 400 steps | steps to solve | seeds that learned |").And.Contain("Learned: a mean return of at least -4.0").And.Not.Contain("| not measured"));
    }

    [Test]
    public void Results_count_as_learned_from_the_threshold_on()
    {
        var settings = _folder.Settings(seeds: 2) with { Families = [Small], Chosen = [Small.Study], Only = ["censored"] };
        ResultsFolder.Run(settings, ComparisonRun.Of(FamiliesPage.Page));
        double[] means = [.. Measured.Of(Small.Rows[0].Studies[0], _folder.Store, 2, TinyStudy.Episodes).Summary!.Results.Select(result => result.Mean).Order()];

        Assert.That(Learned(means[0]), Does.Contain("| 2 of 2 |\n"));
        Assert.That(Learned(means[1]), Does.Contain("| 1 of 2 |\n"));
        Assert.That(Learned(means[1] + 1e-6), Does.Contain("| 0 of 2 |\n"));

        string Learned(double threshold) => ComparisonDocument.Text(FamiliesPage.Page, settings with { Families = [Small with { Learned = new(threshold, "of a test") }] });
    }

    [Test]
    public void The_page_of_endings_counts_no_seeds_that_learned()
    {
        var document = ComparisonDocument.Text(EndingsPage.Page, _folder.Settings(seeds: 2));

        Assert.That(document, Does.Contain("# How a training ends").And.Contain("-- candidates all --seeds 2").And.Not.Contain("learned"));
    }

    [TestCase("families nowhere", "There is no environment 'nowhere'. Known are pendulum, mountain-car-continuous, point-mass-200,")]
    [TestCase("families", "Name an environment: pendulum, mountain-car-continuous, point-mass-200,")]
    [TestCase("families cartpole", "There is no environment 'cartpole'.")]
    [TestCase("candidates point-mass-200", "There is no environment 'point-mass-200'. Known are cartpole,")]
    [TestCase("families pendulum --parallel 0", "--parallel must be at least 1.")]
    public void A_wrong_command_line_is_told_which_tasks_the_verb_knows(string line, string expected)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var exitCode = CommandLine.Create().Parse(line).Invoke(new() { Output = output, Error = error });

        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(error.ToString(), Does.Contain(expected));
    }

    [Test]
    public void Help_names_the_tasks_and_the_document()
    {
        var output = new StringWriter();
        CommandLine.Create().Parse("families --help").Invoke(new() { Output = output });

        Assert.That(string.Join(' ', output.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), Does.Contain("docs/actions.md").And.Contain("point-mass-far; or all").And.Contain("--only"));
    }
}
