using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Environments;

/// <summary>Tests of random actions, and of the clipping and reading of actions.</summary>
public sealed class ActionSamplingTests
{
    private const int Draws = 60_000;

    // Five standard deviations of a frequency of a half, which has the largest deviation.
    private static readonly double Tolerance = 5 * 0.5 / Math.Sqrt(Draws);

    [Test]
    public void Combinations_of_choices_are_equally_frequent()
    {
        var frequencies = Frequencies(ActionSpace.MultiDiscrete([3, 1, 2]));

        Assert.That(frequencies.Keys, Is.EquivalentTo(new[] { "0 0 0", "0 0 1", "1 0 0", "1 0 1", "2 0 0", "2 0 1" }));
        Assert.That(frequencies.Values, Is.All.EqualTo(1 / 6.0).Within(Tolerance));
    }

    [Test]
    public void Combinations_of_switches_are_equally_frequent()
    {
        var frequencies = Frequencies(ActionSpace.MultiBinary(3));

        Assert.That(frequencies, Has.Count.EqualTo(8));
        Assert.That(frequencies.Keys.SelectMany(key => key.Split(' ')).Distinct(), Is.EquivalentTo(new[] { "0", "1" }));
        Assert.That(frequencies.Values, Is.All.EqualTo(1 / 8.0).Within(Tolerance));
    }

    [Test]
    public void Choices_are_equally_frequent_and_box_actions_are_within_their_bounds()
    {
        Assert.That(Frequencies(ActionSpace.Discrete(4)).Values, Is.All.EqualTo(1 / 4.0).Within(Tolerance));

        var action = new float[2];
        var random = new RandomSource(3);
        for (var i = 0; i < 1_000; i++)
        {
            ActionSampling.Sample(ActionSpace.Box([-1, 5], [2, float.PositiveInfinity]), random, action);
            Assert.That(action[0], Is.InRange(-1, 2));
            Assert.That(action[1], Is.GreaterThanOrEqualTo(5));
        }
    }

    [Test]
    public void Only_the_actions_of_a_box_are_clipped()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Clipped(ActionSpace.MultiDiscrete([3, 2]), 2, 1), Is.EqualTo(new float[] { 2, 1 }));
            Assert.That(Clipped(ActionSpace.MultiBinary(2), 0, 1), Is.EqualTo(new float[] { 0, 1 }));
            Assert.That(Clipped(ActionSpace.Box([-1, -1], [1, 1]), -3, 0.5f), Is.EqualTo(new[] { -1, 0.5f }));
        });
    }

    [Test]
    public void An_action_has_indices_and_switches()
    {
        var action = new EnvironmentAction([2, 0, 1]);
        var values = action.Values.ToArray();
        int[] indices = [action.IndexOf(0), action.IndexOf(1), action.IndexOf(2)];
        bool[] switches = [action.IsOn(1), action.IsOn(2)];

        Assert.That(values, Is.EqualTo(new float[] { 2, 0, 1 }));
        Assert.That(indices, Is.EqualTo(new[] { 2, 0, 1 }));
        Assert.That(switches, Is.EqualTo(new[] { false, true }));
        Assert.That(() => new EnvironmentAction([2, 0]).IndexOf(2), Throws.TypeOf<IndexOutOfRangeException>());
        Assert.That(() => new EnvironmentAction([2, 0]).IsOn(2), Throws.TypeOf<IndexOutOfRangeException>());
    }

    [TestCase(true)]
    [TestCase(false)]
    public void A_random_policy_takes_every_combination_of_choices_or_switches(bool discrete)
    {
        ActionSpace actions = discrete ? LiteralPolicies.Controls : LiteralPolicies.Switches;
        var seen = new HashSet<string>();
        var environment = new MLContext().ReinforcementLearning.LoadFromEnvironment(() => new TableEnvironment(actions, seen.Add), rows: 500);

        Assert.That(environment.GetColumn<float[]>("Observation").Count(), Is.EqualTo(500));
        Assert.That(seen, Has.Count.EqualTo(discrete ? 6 : 8));
    }

    [Test]
    public void Choice_counts_that_differ_between_environments_are_refused()
    {
        var created = 0;
        var environment = new MLContext().ReinforcementLearning.LoadFromEnvironment(
            () => new TableEnvironment(created++ == 0 ? ActionSpace.MultiDiscrete([3, 2]) : ActionSpace.MultiDiscrete([2, 3])));

        Assert.That(() => environment.GetColumn<float[]>("Observation").Count(), Throws.TypeOf<EnvironmentException>().With.Message.Contains("MultiDiscrete(3, 2), then MultiDiscrete(2, 3)"));
    }

    private static Dictionary<string, double> Frequencies(ActionSpace space)
    {
        var random = new RandomSource(1);
        var action = new float[space.Length];
        return Enumerable.Range(0, Draws)
            .Select(_ =>
            {
                ActionSampling.Sample(space, random, action);
                return string.Join(' ', action);
            })
            .CountBy(key => key)
            .ToDictionary(pair => pair.Key, pair => pair.Value / (double)Draws);
    }

    private static float[] Clipped(ActionSpace space, params float[] action)
    {
        var clipped = new float[action.Length];
        ActionSampling.Clip(space, action, clipped);
        return clipped;
    }
}
