using System.Text.RegularExpressions;
using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Onnx;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Environments;

/// <summary>Tests that a fault in one step has the same number in the messages of a training, an evaluation, the table of a random policy and the check.</summary>
public sealed partial class StepNumberTests
{
    private static readonly Dictionary<string, Func<IEnvironment>> Faults = new()
    {
        ["observation that is not finite"] = () => new CountingEnvironment(length: 5, observe: step => step == 3 ? float.NaN : step),
        ["reward that is not finite"] = () => new CountingEnvironment(length: 5, reward: step => step == 3 ? double.NaN : 1),
        ["exception"] = () => new FragileEnvironment { Stepping = step => ThrowIf(step == 3) },
    };

    private readonly MLContext _ml = new(seed: 1);

    private static IEnumerable<string> Names => Faults.Keys;

    [TestCaseSource(nameof(Names))]
    public void A_fault_in_the_third_step_is_at_step_3_everywhere(string fault)
    {
        var faulty = Faults[fault];
        using var policy = Train(() => new CountingEnvironment(length: 5));
        string[] messages =
        [
            Assert.Throws<EnvironmentException>(() => Train(faulty))!.Message,
            Assert.Throws<EnvironmentException>(() => _ml.ReinforcementLearning.Evaluate(policy, _ml.ReinforcementLearning.LoadFromEnvironment(faulty), episodes: 1))!.Message,
            Assert.Throws<EnvironmentException>(() => _ml.ReinforcementLearning.LoadFromEnvironment(faulty).Preview())!.Message,
            _ml.ReinforcementLearning.CheckEnvironment(faulty).Findings[0].Message,
        ];

        Assert.That(messages.Select(message => Step().Matches(message).Select(match => match.Value)), Is.All.EqualTo(new[] { "at step 3 of its episode" }), string.Join(Environment.NewLine, messages));
    }

    [Test]
    public void A_fault_in_Reset_is_at_step_0_everywhere()
    {
        static IEnvironment Faulty() => new CountingEnvironment(length: 5, observe: step => step == 0 ? float.NaN : step);
        string[] messages =
        [
            Assert.Throws<EnvironmentException>(() => Train(Faulty))!.Message,
            Assert.Throws<EnvironmentException>(() => _ml.ReinforcementLearning.LoadFromEnvironment(Faulty).Preview())!.Message,
            _ml.ReinforcementLearning.CheckEnvironment(Faulty).Findings[0].Message,
        ];

        Assert.That(messages, Is.All.Contains("in Reset, at step 0 of its episode"));
    }

    [Test]
    public void A_value_that_a_transform_made_has_the_step_of_its_observation()
    {
        var view = _ml.ReinforcementLearning.LoadFromEnvironment(() => new CountingEnvironment(length: 5), count: 2);
        var mapping = _ml.Transforms.CustomMapping<Raw, Mapped>((raw, mapped) => mapped.Features = [1 / (3 - raw.Observation[0])], contractName: null);

        Assert.That(() => mapping.Append(_ml.ReinforcementLearning.Trainers.Trpo(view, Small with { Columns = new("Features") })).Fit(view),
            Throws.TypeOf<EnvironmentException>().With.Message.StartsWith("Environment 'Counting' (index 0 of 2), at step 3 of its episode: ").And.Message.Contains("'Features'"));
    }

    // In training the mask is checked; an evaluated policy has no action for an observation that allows nothing.
    [Test]
    public void A_policy_without_an_action_is_reported_with_environment_and_step()
    {
        var view = _ml.ReinforcementLearning.LoadFromEnvironment(() => new Blocked(from: 5), count: 2);
        using var policy = _ml.ReinforcementLearning.Trainers.Trpo(view, Small with { ActionMask = true }).Fit(view);

        Assert.That(() => _ml.ReinforcementLearning.Evaluate(policy, _ml.ReinforcementLearning.LoadFromEnvironment(() => new Blocked(from: 3)), episodes: 1),
            Throws.TypeOf<EnvironmentException>().With.Message.StartsWith("Environment 'Blocked' (index 0 of 1), at step 3 of its episode: the policy has no action for the observation (0, 0)"));
    }

    private static TrpoOptions Small { get; } = new() { TotalSteps = 40, StepsPerIteration = 20, HiddenLayers = [4], Seed = 1 };

    private static void ThrowIf(bool condition)
    {
        if (condition)
            throw new TimeoutException("No answer.");
    }

    private PolicyTransformer Train(Func<IEnvironment> factory)
    {
        var view = _ml.ReinforcementLearning.LoadFromEnvironment(factory, count: 2);
        return _ml.ReinforcementLearning.Trainers.Trpo(view, Small).Fit(view);
    }

    [GeneratedRegex(@"at step \d+ of its episode")]
    private static partial Regex Step();

    // The observation is the mask of its two choices, all 0 from a step on; an episode has five steps.
    private sealed class Blocked(int from) : IEnvironment
    {
        private int _step;

        public ObservationSpace ObservationSpace { get; } = ObservationSpace.Unbounded(2);

        public ActionSpace ActionSpace { get; } = ActionSpace.Discrete(2);

        public void Reset(int? seed, Span<float> observation)
        {
            _step = 0;
            observation.Fill(1);
        }

        public StepResult Step(EnvironmentAction action, Span<float> observation)
        {
            observation.Fill(++_step < from ? 1 : 0);
            return new StepResult(1, Terminated: _step == 5);
        }
    }

    private sealed class Raw
    {
        [Microsoft.ML.Data.VectorType(1)]
        public float[] Observation { get; set; } = [];
    }

    private sealed class Mapped
    {
        [Microsoft.ML.Data.VectorType(1)]
        public float[] Features { get; set; } = [];
    }
}
