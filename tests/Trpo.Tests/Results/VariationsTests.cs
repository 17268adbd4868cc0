using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Results.Files;
using Trpo.Results.Studies;
using Trpo.Tests.Support;

namespace Trpo.Tests.Results;

public sealed class VariationsTests
{
    // Whatever a variation can take away is there.
    private static readonly Study Everything = TinyStudy.Study with
    {
        Environment = () => new Pendulum(),
        Options = new()
        {
            TotalSteps = 600,
            StepsPerIteration = 200,
            Discount = 0.8,
            GaeLambda = 0.8,
            RewardScale = 0.5,
            ReusedIterations = 3,
            EntropyBonus = 0.02,
            FinalMaxKl = 0.001,
            InitialLogStandardDeviation = 0.75,
            TrustRegion = new() { MaxKl = 0.03, Damping = 0.2 },
            ValueFunction = new() { Steps = 3, FisherFraction = 0.5 },
        },
    };

    [TestCase("not-normalized", "Normalization = none")]
    [TestCase("normalized-by-policy", "Normalization = none", "NormalizeObservations = true")]
    [TestCase("rewards-100", "RewardScale = 50")]
    [TestCase("discount-0.95", "Discount = 0.95")]
    [TestCase("discount-0.99", "Discount = 0.99")]
    [TestCase("lambda-0.9", "GaeLambda = 0.9")]
    [TestCase("lambda-0.98", "GaeLambda = 0.98")]
    [TestCase("advantages", "NormalizeAdvantages = false")]
    [TestCase("truncation", "BootstrapTruncated = false")]
    [TestCase("stagger", "StaggerStarts = false")]
    [TestCase("batch-1024", "StepsPerIteration = 1,024")]
    [TestCase("reuse", "ReusedIterations = 0")]
    [TestCase("entropy", "EntropyBonus = 0.01")]
    [TestCase("radius-double", "TrustRegion.MaxKl = 0.06")]
    [TestCase("radius-constant", "FinalMaxKl = none")]
    [TestCase("curvature", "FisherFraction = 1")]
    [TestCase("value-step", "ValueFunction.Steps = 1")]
    [TestCase("units", "RescaleActions = false")]
    [TestCase("deviation", "InitialLogStandardDeviation = 0.25")]
    public void A_variation_changes_what_it_says_and_nothing_else(string name, params string[] expected) =>
        Assert.That(Changed(Everything, Named(name).Of(Everything)!), Is.EqualTo(expected));

    [Test]
    public void Every_variation_of_one_setting_is_in_the_list_above()
    {
        var listed = typeof(VariationsTests).GetMethod(nameof(A_variation_changes_what_it_says_and_nothing_else))!
            .GetCustomAttributes(typeof(TestCaseAttribute), inherit: false).Cast<TestCaseAttribute>().Select(test => test.Arguments[0]);

        Assert.That(Variations.All.Select(variation => variation.Name).Except(["defaults", "preset"]), Is.EquivalentTo(listed));
    }

    [Test]
    public void With_all_defaults_or_the_preset_only_the_number_of_steps_is_the_studys()
    {
        var study = Everything with { Normalization = null, Options = Everything.Options with { NormalizeObservations = true, Baseline = _ => null! }, Described = new Dictionary<string, string> { ["Baseline"] = "none" } };
        var (defaults, preset) = (Named("defaults").Of(study)!, Named("preset").Of(study)!);

        Assert.That(Differences(defaults), Is.EqualTo(new[] { "TotalSteps = 600" }));
        Assert.That(Differences(preset), Is.EquivalentTo(Differences(study with { Options = TrpoOptions.SampleEfficient, Described = defaults.Described }).Append("TotalSteps = 600")).And.Length.GreaterThan(1));
        Assert.That(new[] { defaults, preset }.Select(varied => (varied.Normalization, varied.Environments)), Is.All.EqualTo((new Normalization(FixZero: false), study.Environments)));
    }

    [Test]
    public void What_a_study_does_anyway_is_no_variation_of_it()
    {
        var study = TinyStudy.Study with { Normalization = null, Options = TinyStudy.Study.Options with { StepsPerIteration = 1_024, GaeLambda = 0.9 } };
        var none = Variations.All.Where(variation => variation.Of(study) is null).Select(variation => variation.Name);

        Assert.That(none, Is.EquivalentTo(new[] { "not-normalized", "discount-0.99", "lambda-0.9", "batch-1024", "reuse", "radius-constant", "units", "deviation" }), "choices have no deviation");
    }

    [Test]
    public void Every_study_is_compared_by_the_same_measures()
    {
        foreach (var study in Catalog.All)
        {
            var varied = Variations.All.Select(variation => variation.Of(study)).OfType<Study>().ToList();

            Assert.That(varied, Has.Count.GreaterThan(10));
            Assert.That(varied.Select(other => (other.Title, other.Reference, other.Solved, other.Goal, other.Options.TotalSteps)), Is.All.EqualTo((study.Title, study.Reference, study.Solved, study.Goal, study.Options.TotalSteps)));
        }
    }

    [Test]
    public void A_variation_has_files_and_a_name_of_its_own()
    {
        var store = new ResultStore(new DirectoryInfo("kept"));
        var varied = Variations.All.Select(variation => variation.Of(Everything)!).ToList();

        Assert.That(varied.Append(Everything).Select(study => store.PathOf(study, seed: 1)), Is.Unique);
        Assert.That(varied.Append(Everything).Select(study => study.Label), Is.Unique);
        Assert.That(store.PathOf(Named("reuse").Of(Everything)!, seed: 1), Is.EqualTo(Path.GetFullPath(Path.Combine("kept", "tiny", "reuse", "1.json"))));
        Assert.That((Everything.Label, Named("reuse").Of(Everything)!.Label), Is.EqualTo(("Tiny-v0", "Tiny-v0, no steps used again")));
    }

    private static Variation Named(string name) => Variations.All.Single(variation => variation.Name == name);

    private static string[] Differences(Study study) => [.. SettingsReader.Differences(study).Select(setting => setting.ToString())];

    private static IEnumerable<string> Changed(Study study, Study varied) =>
        SettingsReader.Of(varied).Select(setting => setting.ToString()).Except(SettingsReader.Of(study).Select(setting => setting.ToString()));
}
