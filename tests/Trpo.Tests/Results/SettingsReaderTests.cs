using Trpo.Estimators;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Optimization;
using Trpo.Results.Files;
using Trpo.Results.Studies;
using Trpo.Tests.Support;

namespace Trpo.Tests.Results;

public sealed class SettingsReaderTests
{
    [Test]
    public void Says_what_differs_from_the_defaults_and_nothing_else()
    {
        Assert.That(Differences(new TrpoOptions()), Is.Empty);
        Assert.That(Differences(new() { TotalSteps = 100_000, Seed = 7, Threads = 1, Progress = new Listener() }), Is.Empty, "what is the default, or the run's");
        Assert.That(Differences(new()
        {
            TotalSteps = 50_000,
            Discount = 0.9,
            HiddenLayers = [32],
            HiddenActivation = Activation.Relu,
            TrustRegion = new() { MaxKl = 0.02, Damping = 1e-5 },
            ValueFunction = new() { TrustRegion = new TrpoOptions().ValueFunction.TrustRegion with { MaxBacktracks = 3 } },
        }), Is.EqualTo(new[]
        {
            "TotalSteps = 50,000", "Discount = 0.9", "HiddenLayers = [32]", "HiddenActivation = Relu",
            "TrustRegion.MaxKl = 0.02", "TrustRegion.Damping = 1E-05", "ValueFunction.TrustRegion.MaxBacktracks = 3",
        }));
    }

    [Test]
    public void An_equal_list_is_no_difference() => Assert.That(Differences(new() { HiddenLayers = [.. new TrpoOptions().HiddenLayers] }), Is.Empty);

    [Test]
    public void What_cannot_be_read_must_be_described()
    {
        var study = TinyStudy.Study with { Options = new() { Optimizer = new TrustRegionOptimizer() } };

        Assert.That(() => SettingsReader.Of(study), Throws.InstanceOf<NotSupportedException>().With.Message.Contains("Optimizer").And.Message.Contains("Described"));
        study = study with { Described = new Dictionary<string, string> { ["Optimizer"] = "the usual one" } };
        Assert.That(SettingsReader.Differences(study).Select(setting => setting.ToString()), Is.EqualTo(new[] { "Optimizer = the usual one" }));
        Assert.That(() => SettingsReader.Of(TinyStudy.Study with { Options = new() { Baseline = _ => null! } }), Throws.InstanceOf<NotSupportedException>().With.Message.Contains("Baseline"));
    }

    [Test]
    public void Every_study_can_be_read() => Assert.That(Catalog.All.Select(study => SettingsReader.Of(study).Count), Is.All.GreaterThan(20));

    [Test]
    public void Whatever_changes_a_result_changes_its_fingerprint()
    {
        var study = TinyStudy.Study;
        var fingerprint = Fingerprint.Of(study, 3);
        Fingerprint[] others =
        [
            Fingerprint.Of(study, 4),
            Fingerprint.Of(study with { Environments = 3 }, 3),
            Fingerprint.Of(study with { Normalization = null }, 3),
            Fingerprint.Of(study with { Normalization = new(FixZero: true) }, 3),
            Fingerprint.Of(study with { Environment = () => new Estimators.Environments.ClassicControl.Pendulum() }, 3),
            Fingerprint.Of(study with { Options = study.Options with { GaeLambda = 0.9 } }, 3),
            Fingerprint.Of(study with { Options = study.Options with { TrustRegion = new() { MaxKl = 0.02 } } }, 3),
            Fingerprint.Of(study with { Solved = new(15, 11) }, 3),
        ];

        Assert.That(others.Select(fingerprint.HasSettingsOf), Is.All.False);
        Assert.That(fingerprint.Matches(Fingerprint.Of(study with { Options = study.Options with { Seed = 9 }, Goal = new(1) }, 3)), Is.True);
        Assert.That(fingerprint.Matches(fingerprint with { Library = "another" }), Is.False);
    }

    [Test]
    public void A_build_is_known_by_its_code()
    {
        var (one, other) = (typeof(TrpoOptions).Assembly.Location, typeof(Study).Assembly.Location);

        Assert.That(LibraryBuild.Of(one), Is.Not.EqualTo(LibraryBuild.Of(other)).And.Length.EqualTo(16));
        Assert.That(LibraryBuild.Of(one, other), Is.Not.EqualTo(LibraryBuild.Of(other, one)));
    }

    private static IEnumerable<string> Differences(TrpoOptions options) => SettingsReader.Differences(TinyStudy.Study with { Options = options }).Select(setting => setting.ToString());
}
