using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Distributions;
using Trpo.Estimators.Probing;
using Trpo.Tests.Support;

namespace Trpo.Tests.Probing;

/// <summary>Tests of the report of probes, and of what is refused.</summary>
public sealed class ProbeTests
{
    private static readonly TrpoOptions Small = new() { HiddenLayers = [16] };

    [Test]
    public void An_exception_of_a_part_is_a_failure_with_its_message_and_the_others_are_still_probed()
    {
        var report = Probe(Small with { Baseline = _ => throw new InvalidOperationException("No baseline today.") }, new ProbeOptions { Actions = ProbedActions.Discrete });

        var task = report.Results.Single(result => result.Name == "constant-value");
        Assert.That(task.Passed, Is.False);
        Assert.That(task.Found, Is.NaN);
        Assert.That(report.ToString(), Does.Contain("InvalidOperationException: No baseline today.").And.Contains(task.Meaning));
        Assert.That(report.Results.Single(result => result.Name == "optimizer").Passed, Is.True);
        Assert.That(report.ThrowIfFailed, Throws.InvalidOperationException.With.Message.EqualTo(report.ToString()));
    }

    [Test]
    public void A_distribution_is_probed_with_the_actions_that_it_can_be_created_for()
    {
        var report = Probe(Small with { Distribution = arguments => new CategoricalDistribution((Trpo.Runtime.Spaces.DiscreteActionSpace)arguments.Actions) }, new ProbeOptions());

        Assert.That(report.Passed, Is.True, $"{report}");
        Assert.That(report.Results.Select(result => result.Actions).Distinct(), Is.EquivalentTo(new[] { "", "discrete" }));
        Assert.That(report.Results.Select(result => result.Name), Does.Contain("distribution"));
    }

    [Test]
    public void A_distribution_for_no_actions_and_options_out_of_their_range_are_refused()
    {
        Assert.That(() => Probe(Small with { Distribution = _ => throw new NotSupportedException("Not these.") }, new ProbeOptions()), Throws.ArgumentException.With.Message.Contains("Not these."));
        Assert.That(() => Probe(Small, new ProbeOptions { ObservationLength = 3 }), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("ObservationLength"));
        Assert.That(() => Probe(Small with { Discount = 2 }, new ProbeOptions()), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("Discount"));
    }

    [Test]
    public void A_probe_that_is_cancelled_throws() =>
        Assert.That(() => Probe(Small, new ProbeOptions { Cancellation = new CancellationToken(canceled: true) }), Throws.InstanceOf<OperationCanceledException>());

    [Test]
    public void The_command_prints_the_table_and_returns_1_where_a_probe_fails()
    {
        using var folder = new TemporaryFolder();
        var options = folder.PathOf("options.json");
        File.WriteAllText(options, """{ "hiddenLayers": [16] }""");
        var (exitCode, output, _) = Tool.RunHere("probe", "--preset", "plain", "--options", options, "--actions", "discrete", "--observation-length", "5");

        Assert.That(exitCode, Is.Zero, output);
        Assert.That(output, Does.Contain("discounting").And.Contains("9 of 9 probes passed"));

        // A value function that hardly moves finds no value.
        File.WriteAllText(options, """{ "hiddenLayers": [16], "valueFunction": { "trustRegion": { "maxKl": 1e-12 } } }""");
        (exitCode, output, _) = Tool.RunHere("probe", "--preset", "plain", "--options", options, "--actions", "discrete");

        Assert.That(exitCode, Is.EqualTo(1), output);
        Assert.That(output, Does.Contain("FAILED  value-of-observation"));
    }

    private static ProbeReport Probe(TrpoOptions options, ProbeOptions probe) => new MLContext().ReinforcementLearning.Probe(options, probe);
}
