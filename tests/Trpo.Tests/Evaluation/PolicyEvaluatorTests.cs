using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Evaluation;
using Trpo.Onnx;
using Trpo.Onnx.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Evaluation;

public sealed class PolicyEvaluatorTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Test]
    public void A_policy_of_several_choices_acts_as_its_table_says()
    {
        var played = new List<string>();
        var result = Evaluate(LiteralPolicies.Controls, LiteralPolicies.Controls, played);

        Assert.That(result.Returns, Is.All.EqualTo(8), "two values in each of four steps");
        Assert.That(played.Take(4), Is.EqualTo(new[] { "1 0", "2 1", "0 1", "2 0" }));
    }

    [Test]
    public void A_policy_of_switches_acts_as_its_table_says()
    {
        var played = new List<string>();
        var result = Evaluate(LiteralPolicies.Switches, LiteralPolicies.Switches, played);

        Assert.That(result.Returns, Is.All.EqualTo(12), "three values in each of four steps");
        Assert.That(played.Take(4), Is.EqualTo(new[] { "1 0 1", "0 1 0", "1 1 1", "0 0 0" }));
    }

    [Test]
    public void A_policy_of_other_actions_than_the_environments_is_refused()
    {
        ActionSpace[] others =
        [
            ActionSpace.MultiDiscrete([2, 3]), ActionSpace.MultiDiscrete([3, 3]), ActionSpace.MultiDiscrete([2, 2, 1]), ActionSpace.MultiDiscrete([5]),
            ActionSpace.MultiBinary(5), ActionSpace.MultiBinary(2), ActionSpace.Discrete(5), ActionSpace.Box([0, 0], [2, 1]),
        ];

        Assert.Multiple(() =>
        {
            foreach (var other in others)
                Assert.That(() => Evaluate(LiteralPolicies.Controls, other, []), Throws.ArgumentException.With.Message.Contains($"The policy's actions are MultiDiscrete(3, 2), but environment 'Table' takes {other}"));
            Assert.That(() => Evaluate(LiteralPolicies.Switches, ActionSpace.MultiBinary(4), []), Throws.ArgumentException);
            Assert.That(() => Evaluate(LiteralPolicies.Controls, ActionSpace.MultiDiscrete([3, 2]), []), Throws.Nothing, "the names may differ");
        });
    }

    private PolicyEvaluation Evaluate(ActionSpace policy, ActionSpace actions, List<string> played)
    {
        using var transformer = new PolicyTransformer(LiteralPolicies.Of(policy).Onnx, new());
        var environment = _ml.ReinforcementLearning.LoadFromEnvironment(
            () => new TableEnvironment(actions, action =>
            {
                played.Add(action);
                return true;
            }),
            count: 1);
        return _ml.ReinforcementLearning.Evaluate(transformer, environment, episodes: 3);
    }
}
