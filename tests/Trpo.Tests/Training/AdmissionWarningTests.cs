using Microsoft.ML;
using Microsoft.ML.Runtime;
using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Onnx;
using Trpo.Tests.Support;

namespace Trpo.Tests.Training;

/// <summary>Tests of what a training says of policies whose files open on the word of the caller only.</summary>
public sealed class AdmissionWarningTests
{
    private static readonly TrpoOptions Small = new() { TotalSteps = 200, StepsPerIteration = 100 };

    [Test]
    public void A_network_of_operators_that_are_not_admitted_is_warned_of_once_before_the_first_step()
    {
        var (warnings, steps, stepsBefore) = (new List<string>(), 0, -1);
        using var policy = Train(
            Small with { Network = arguments => new GatedNetwork(arguments.Inputs, arguments.Outputs, arguments.Random) },
            () => steps++,
            warning =>
            {
                warnings.Add(warning);
                stepsBefore = steps;
            });

        Assert.That(warnings, Has.Count.EqualTo(1));
        Assert.That(warnings[0], Does.Contain("'ThresholdedRelu'").And.Contain("trust: true"));
        Assert.That(stepsBefore, Is.Zero);
        Assert.That(steps, Is.EqualTo(200));
        Assert.That(PolicyAdmission.FindRefusal(policy.Onnx.ToArray()), Does.Contain("'ThresholdedRelu'"));
        Assert.That(() => PolicySession.Open(policy.Onnx.ToArray()), Throws.TypeOf<InvalidDataException>().With.Message.Contains("'ThresholdedRelu'"));
        Assert.That(() => PolicySession.Open(policy.Onnx.ToArray(), trust: true).Dispose(), Throws.Nothing);
    }

    [Test]
    public void A_perceptron_is_not_warned_of()
    {
        var warnings = new List<string>();
        using var policy = Train(Small, () => { }, warnings.Add);

        Assert.That(warnings, Is.Empty);
        Assert.That(PolicyAdmission.FindRefusal(policy.Onnx.ToArray()), Is.Null);
    }

    [Test]
    public void Every_operator_that_is_not_admitted_is_named_at_once()
    {
        var graph = new GraphInFront();
        var bytes = graph.Build(graph.Node("Celu", "third", [graph.Node("NonZero", "second", [graph.Node("Celu", "first", ["observation"])])]));

        Assert.That(PolicyAdmission.FindRefusal(bytes), Does.Contain("'Celu' of ONNX, 'NonZero' of ONNX, first in the node 'first'").And.Contain("trust: true"));
        Assert.That(() => PolicyAdmission.FindRefusal([1, 2, 3]), Throws.TypeOf<InvalidDataException>());
    }

    private static PolicyTransformer Train(TrpoOptions options, Action step, Action<string> warn)
    {
        var ml = new MLContext(1);
        ml.Log += (_, log) =>
        {
            if (log.Kind == ChannelMessageKind.Warning && log.RawMessage.Contains("trust: true", StringComparison.Ordinal))
                warn(log.RawMessage);
        };
        var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new StepCounter(new CartPole(), step));
        return ml.ReinforcementLearning.Trainers.Trpo(view, options).Fit(view);
    }
}
