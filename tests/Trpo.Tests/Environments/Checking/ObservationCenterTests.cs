using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.Checking;
using Trpo.Tests.Support;

namespace Trpo.Tests.Environments.Checking;

/// <summary>Tests of the warning about observations that do not vary around 0.</summary>
public sealed class ObservationCenterTests
{
    private static string? Warning(int length, params float[] observations) => ObservationCenter.Warning(observations, length, "Observation", []);

    [TestCase(1e-9f)]
    [TestCase(1)]
    [TestCase(-1e9f)]
    public void A_slot_far_from_0_beside_its_deviation_is_named_in_any_units(float unit)
    {
        // Mean 3, deviation 1.
        var warning = Warning(1, 2 * unit, 4 * unit);

        Assert.That(warning, Does.Contain("slot 0").And.Contain("fixZero: false").And.Contain($"around {FormattableString.Invariant($"{3 * unit:G4}")}"));
    }

    [Test]
    public void Slots_that_vary_around_0_or_not_at_all_or_little_off_it_are_not([Values] bool isOnOneSide)
    {
        Assert.That(Warning(3, isOnOneSide ? 0.1f : -1, 5, 1, 2, 5, 3, 4, 5, 1), Is.Null, "in slot 2, the mean is 1.7 and the deviation 0.9");
        Assert.That(Warning(1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1), Is.Null, "a flag that is nearly always on has the value 0");
    }

    [Test]
    public void Names_and_counts_are_given_and_masks_are_left_out()
    {
        float[] row = [2, 2, 2, 2, 0.9f], other = [3, 3, 3, 3, 1];
        var warning = ObservationCenter.Warning([.. row, .. other], 5, "Seen", ["a", "b", "c", "d", "e"], maskLength: 1);

        Assert.That(warning, Does.StartWith("Column 'Seen' is off its center").And.Contain("slot 'a' is in [2, 3], around 2.5 with a standard deviation of 0.5, slot 'b'").And.Contain(", and 1 more of 4.").And.Contain("for everything except the mask").And.Not.Contain("\"Seen\""));
        Assert.That(ObservationCenter.Warning([.. row, .. other], 5, "Seen", [], maskLength: 5), Is.Null);
    }

    [Test]
    public void Fit_warns_of_what_a_normalizer_leaves([Values] bool fixZero)
    {
        var ml = new MLContext(seed: 1);
        var warnings = new List<string>();
        ml.Log += (_, line) => warnings.Add(line.Message);
        var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new TimeLimit(new Thermostat(), 200), count: 8);
        using var model = ml.Transforms.NormalizeMeanVariance("Observation", fixZero: fixZero).Append(ml.ReinforcementLearning.Trainers.Trpo(view, new() { TotalSteps = 512, Seed = 1 })).Fit(view);

        Assert.That(warnings.Any(line => line.Contains("Column 'Observation' is off its center: in the first iteration, slot 'temperature'", StringComparison.Ordinal)), Is.EqualTo(fixZero));
    }
}
