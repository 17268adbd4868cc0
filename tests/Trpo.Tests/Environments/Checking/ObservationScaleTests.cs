using System.Collections.Immutable;
using System.Globalization;
using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.Checking;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Environments.Checking;

/// <summary>Tests of the warning about unscaled observations.</summary>
public sealed class ObservationScaleTests
{
    [TestCase("1 1 -1 -1", "", TestName = "Values_around_one_are_scaled")]
    [TestCase("9 9 -9 9", "", TestName = "Values_up_to_ten_are_scaled")]
    [TestCase("11 1 -11 1", "0", TestName = "A_slot_beyond_ten_is_unscaled")]
    [TestCase("205 1 195 1", "0", TestName = "A_slot_far_from_zero_is_unscaled_even_if_it_varies_little")]
    [TestCase("0 1 0 1", "", TestName = "A_slot_that_is_always_zero_is_not_reported")]
    [TestCase("0 8 1 8", "", TestName = "A_slot_that_is_seldom_one_is_scaled")]
    [TestCase("0.001 5 -0.002 5", "0", TestName = "A_slot_a_thousand_times_smaller_than_another_is_unscaled")]
    [TestCase("1 5000 1 5000", "1", TestName = "A_slot_around_one_is_not_reported_beside_a_large_one")]
    [TestCase("0.001 0.002 -0.001 0.004", "0 1", TestName = "Slots_that_are_all_small_are_unscaled")]
    [TestCase("0.001 1 -0.001 1", "0", TestName = "A_small_slot_beside_a_constant_is_unscaled")]
    [TestCase("0.001 0.15 -0.001 0.1", "", TestName = "A_small_slot_beside_one_of_common_scale_is_not_reported")]
    [TestCase("0 0.001 0 0.001", "", TestName = "Constants_alone_are_not_reported")]
    [TestCase("0 0 1 0", "", TestName = "A_binary_slot_is_scaled")]
    [TestCase("30 2000 30 2000", "1 0", TestName = "The_worst_slot_comes_first")]
    public void Unscaled_slots_are_found(string observations, string expected)
    {
        float[] values = [.. observations.Split(' ').Select(value => float.Parse(value, CultureInfo.InvariantCulture))];

        Assert.That(string.Join(' ', ObservationScale.FindUnscaled(values, length: 2).Select(slot => slot.Slot)), Is.EqualTo(expected));
    }

    [Test]
    public void A_one_hot_code_of_many_categories_is_scaled()
    {
        var observations = new float[1_000 * 1_000];
        for (var row = 0; row < 1_000; row++)
            observations[(row * 1_000) + row] = 1;

        Assert.That(ObservationScale.FindUnscaled(observations, length: 1_000), Is.Empty);
    }

    [Test]
    public void A_warning_names_the_worst_slots_their_ranges_and_the_remedy()
    {
        float[] observations = [200, 1, -3_000, 50, 12, 210, 1, -3_500, 40, 14];

        Assert.Multiple(() =>
        {
            Assert.That(ObservationScale.Warning(observations, 5, "Features", ["a", "b", "c", "d", "e"]), Does.StartWith(
                "Column 'Features' looks unscaled: in the first iteration, slot 'c' is in [-3500, -3000], slot 'a' is in [200, 210], slot 'd' is in [40, 50], and 1 more of 5.").And.Contains("NormalizeMeanVariance(\"Features\", fixZero: false)"));
            Assert.That(ObservationScale.Warning(observations.AsSpan(0, 5), 5, "Features", ImmutableArray<string>.Empty), Does.Contain("slot 2 is in [-3000, -3000]"));
            Assert.That(ObservationScale.Warning([1, -1], 1, "Features", []), Is.Null);
        });
    }

    [Test]
    public void A_mask_is_neither_checked_nor_to_be_scaled()
    {
        float[] observations = [1, 5_000, 1, 0.002f, 6_000, 0];

        Assert.Multiple(() =>
        {
            Assert.That(ObservationScale.FindUnscaled(observations, length: 3, maskLength: 2).Select(slot => slot.Slot), Is.Empty);
            Assert.That(ObservationScale.FindUnscaled(observations, length: 3, maskLength: 1).Select(slot => slot.Slot), Is.EqualTo(new[] { 1 }));
            Assert.That(ObservationScale.FindUnscaled(observations, length: 3, maskLength: 3), Is.Empty);
            Assert.That(ObservationScale.Warning(observations, 3, "Features", [], maskLength: 1), Does.Contain("slot 1 is in [5000, 6000]").And.Contains("for everything except the mask, and append the mask by Concatenate").And.Not.Contains("(\"Features\")"));
        });
    }

    [Test]
    public void Unscaled_observations_give_one_warning()
    {
        var warnings = Warnings<Hot>((_, trainer) => trainer);

        Assert.That(warnings, Has.Count.EqualTo(1));
        Assert.That(warnings[0], Does.StartWith("TrpoEstimator").And.Contains("Column 'Observation'").And.Contains("'celsius' is in [1").And.Contains("NormalizeMeanVariance(\"Observation\", fixZero: false)").And.Not.Contains("'bias'"));
    }

    [Test]
    public void Transformed_observations_are_checked()
    {
        Assert.That(Warnings<Hot>((ml, trainer) => ml.Transforms.NormalizeMeanVariance("Observation", fixZero: false).Append(trainer)), Is.Empty);
        Assert.That(Warnings<Hot>((ml, trainer) => ml.Transforms.NormalizeMeanVariance("Features", "Observation", fixZero: false).Append(trainer), "Features"), Is.Empty);
        Assert.That(Warnings<Hot>((ml, trainer) => ml.Transforms.Concatenate("Features", "Observation", "Observation").Append(trainer), "Features"),
            Has.One.Contains("Column 'Features'").And.One.Contains("slot 0").And.One.Contains("slot 2"));
    }

    [Test]
    public void Observations_of_common_scales_give_no_warning()
    {
        Assert.That(Warnings<CartPole>((_, trainer) => trainer), Is.Empty);
        Assert.That(Warnings<TargetEnvironment>((_, trainer) => trainer), Is.Empty);
        Assert.That(Warnings<Mountain>((_, trainer) => trainer), Is.Empty);
    }

    [Test]
    public void Observations_that_are_all_small_give_one_warning()
    {
        Assert.That(Warnings<Tiny>((_, trainer) => trainer), Has.Count.EqualTo(1).And.One.Contains("'position' is in [").And.One.Contains("NormalizeObservations"));
        Assert.That(Warnings<Tiny>((ml, trainer) => ml.Transforms.NormalizeMeanVariance("Observation").Append(trainer)), Is.Empty);
    }

    [Test]
    public void A_slot_that_a_normalizer_ignores_once_it_changes_gives_one_warning()
    {
        var warnings = Warnings<Locked>((ml, trainer) => ml.Transforms.NormalizeMeanVariance("Observation").Append(trainer));
        Assert.That(warnings, Has.Count.EqualTo(1));
        Assert.That(warnings[0], Does.Contain("'Observation' is constant in slot 'key' (in [0, 1] in the environment), slot 'door' (in [0, 2] in the environment).").And.Contains("NormalizeObservations").And.Not.Contains("'never'").And.Not.Contains("'bias'"));

        Assert.That(Warnings<Locked>((_, trainer) => trainer), Is.Empty, "nothing is between the environment and the policy");
        Assert.That(Warnings<Locked>((ml, trainer) => ml.Transforms.Concatenate("Features", "Observation").Append(trainer), "Features"), Is.Empty, "the transform ignores nothing");
        Assert.That(Warnings<Locked>((ml, trainer) => ml.Transforms.Concatenate("Features", "Observation", "Observation").Append(trainer), "Features"), Is.Empty);
    }

    [Test]
    public void The_warning_comes_before_a_training_that_diverges()
    {
        var ml = new MLContext(seed: 1);
        var warnings = Listen(ml);
        var environment = ml.ReinforcementLearning.LoadFromEnvironment(() => new CountingEnvironment(reward: step => step == 2 ? double.MaxValue : -double.MaxValue, observe: step => 200 + step));

        Assert.That(() => ml.ReinforcementLearning.Trainers.Trpo(environment, Short).Fit(environment), Throws.TypeOf<TrainingException>());
        Assert.That(warnings, Has.Count.EqualTo(1).And.One.Contains("'step' is in [20"));
    }

    private static TrpoOptions Short => new() { TotalSteps = 512, StepsPerIteration = 128, HiddenLayers = [4], Seed = 1 };

    private static List<string> Warnings<T>(Func<MLContext, TrpoEstimator, IEstimator<ITransformer>> pipeline, string column = "Observation") where T : IEnvironment, new()
    {
        var ml = new MLContext(seed: 1);
        var warnings = Listen(ml);
        var environment = ml.ReinforcementLearning.LoadFromEnvironment(() => new TimeLimit(new T(), 50), count: 2, rows: 120);
        pipeline(ml, ml.ReinforcementLearning.Trainers.Trpo(environment, Short with { Columns = new(column) })).Fit(environment);
        return warnings;
    }

    private static List<string> Listen(MLContext ml)
    {
        var warnings = new List<string>();
        ml.Log += (_, message) =>
        {
            if (message.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning)
                warnings.Add($"{message.Source}: {message.RawMessage}");
        };
        return warnings;
    }

    /// <summary>An environment with a temperature of about 200 degrees and a constant.</summary>
    private sealed class Hot : IEnvironment
    {
        private Random _random = new(0);

        public ObservationSpace ObservationSpace { get; } = ObservationSpace.Unbounded(2, "celsius", "bias");

        public ActionSpace ActionSpace { get; } = ActionSpace.Discrete("off", "on");

        public void Reset(int? seed, Span<float> observation)
        {
            if (seed is { } value)
                _random = new Random(value);
            (observation[0], observation[1]) = (190 + (_random.NextSingle() * 20), 1);
        }

        public StepResult Step(EnvironmentAction action, Span<float> observation)
        {
            Reset(null, observation);
            return new StepResult(action.Index);
        }
    }

    /// <summary>An environment whose position is small.</summary>
    private sealed class Tiny : IEnvironment
    {
        private readonly Mountain _inner = new();

        public ObservationSpace ObservationSpace { get; } = ObservationSpace.Unbounded(2, "position", "velocity");

        public ActionSpace ActionSpace => _inner.ActionSpace;

        public void Reset(int? seed, Span<float> observation)
        {
            _inner.Reset(seed, observation);
            observation[0] *= 0.001f;
            observation[1] *= 0.1f;
        }

        public StepResult Step(EnvironmentAction action, Span<float> observation)
        {
            Reset(null, observation);
            return new StepResult(-1);
        }
    }

    /// <summary>An environment with two values that change only after 150 steps, one that never does and is 0, and a bias.</summary>
    private sealed class Locked : IEnvironment
    {
        private static readonly string[] Names = ["position", "key", "door", "never", "bias"];
        private readonly Mountain _inner = new();
        private int _steps;

        public ObservationSpace ObservationSpace { get; } = ObservationSpace.Unbounded(Names.Length, Names);

        public ActionSpace ActionSpace => _inner.ActionSpace;

        public void Reset(int? seed, Span<float> observation)
        {
            Span<float> inner = stackalloc float[2];
            _inner.Reset(seed, inner);
            observation.Clear();
            (observation[0], observation[4]) = (inner[0], 1);
            if (_steps > 150)
                (observation[1], observation[2]) = (_steps % 2, _steps % 3);
        }

        public StepResult Step(EnvironmentAction action, Span<float> observation)
        {
            _steps++;
            Reset(null, observation);
            return new StepResult(-1);
        }
    }

    /// <summary>An environment with a position and a small velocity, as of a car in a valley.</summary>
    private sealed class Mountain : IEnvironment
    {
        private Random _random = new(0);

        public ObservationSpace ObservationSpace { get; } = ObservationSpace.Box([-1.2f, -0.07f], [0.6f, 0.07f], "position", "velocity");

        public ActionSpace ActionSpace { get; } = ActionSpace.Discrete(3);

        public void Reset(int? seed, Span<float> observation)
        {
            if (seed is { } value)
                _random = new Random(value);
            (observation[0], observation[1]) = ((_random.NextSingle() * 1.8f) - 1.2f, (_random.NextSingle() * 0.01f) - 0.005f);
        }

        public StepResult Step(EnvironmentAction action, Span<float> observation)
        {
            Reset(null, observation);
            return new StepResult(-1);
        }
    }
}
