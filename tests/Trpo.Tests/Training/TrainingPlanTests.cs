using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Resuming;
using Trpo.Estimators.Training;
using Trpo.Tests.Support;

namespace Trpo.Tests.Training;

/// <summary>The sizes of a training before its first step, compared with those of the training.</summary>
public sealed class TrainingPlanTests
{
    private static readonly TrpoOptions Short = new() { TotalSteps = 3_000, StepsPerIteration = 200, HiddenLayers = [16, 8], Seed = 1 };

    private static IEnumerable<TestCaseData> Trainings()
    {
        yield return Case("iterations of one length", Short, 4);
        yield return Case("growing iterations", Short with { FinalStepsPerIteration = 700 }, 4);
        yield return Case("an odd number of environments", Short with { FinalStepsPerIteration = 700, ReusedIterations = 2 }, 7);
        yield return Case("one iteration", Short with { StepsPerIteration = 10_000 }, 1);
        yield return Case("fewer steps than environments", Short with { TotalSteps = 3, StepsPerIteration = 2 }, 5);
        yield return Case("a linear policy and a wide value function", Short with { HiddenLayers = [], ValueFunction = new() { HiddenLayers = [40] } }, 2);
        yield return Case("several shards", Short with { Shards = 3 }, 4);
        yield return Case("several shards by default", Short with { TotalSteps = 8_192, StepsPerIteration = 8_192, HiddenLayers = [64, 64] }, 8);
        yield return Case("a custom network", Short with { Network = arguments => new BufferedNetwork(arguments.Inputs, arguments.Outputs, arguments.Random) }, 2);

        static TestCaseData Case(string name, TrpoOptions options, int environments) => new TestCaseData(options, environments).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Trainings))]
    public void The_plan_is_what_the_training_does(TrpoOptions options, int environments)
    {
        var ml = new MLContext(1);
        var (listener, rows) = (new Listener(), 0L);
        var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), environments);
        var trainer = ml.ReinforcementLearning.Trainers.Trpo(view, options with { Progress = listener });
        var plan = trainer.Describe(view.Schema);
        trainer.Fit(view).Dispose();
        var steps = listener.Iterations.Select(iteration => iteration.Steps).ToList();
        var lengths = steps.Prepend(0).Zip(steps, (before, after) => after - before).ToList();
        for (var i = 0; i < lengths.Count; i++)
            rows = Math.Max(rows, lengths.Skip(i - options.ReusedIterations).Take(options.ReusedIterations + 1).Sum());

        Assert.That((plan.Environment, plan.Environments, plan.ReusedIterations), Is.EqualTo(("CartPole", environments, options.ReusedIterations)));
        Assert.That(plan.Shards, Is.EqualTo(listener.Iterations[0].Shards));
        Assert.That((plan.TotalSteps, plan.Updates, plan.FirstIterationSteps, plan.LastIterationSteps), Is.EqualTo((steps[^1], steps.Count, lengths[0], lengths[^1])));
        Assert.That(plan.MaxRows, Is.GreaterThanOrEqualTo(rows).And.LessThanOrEqualTo(rows + ((long)lengths.Max() * options.ReusedIterations) + environments));
        Assert.That((plan.PolicyEngine, plan.ValueEngine, plan.Device), Is.EqualTo((listener.Iterations[0].Engine, listener.Iterations[0].ValueEngine, listener.Iterations[0].Device)));
    }

    [Test]
    public void Networks_are_described_by_their_widths_and_parameters()
    {
        var plan = Plan(Short with { ValueFunction = new() { HiddenLayers = [40] } });

        Assert.That(plan.PolicyWidths, Is.EqualTo(new[] { 4, 16, 8, 2 }));
        Assert.That(plan.ValueWidths, Is.EqualTo(new[] { 4, 40, 1 }));
        Assert.That((plan.PolicyParameters, plan.ValueParameters), Is.EqualTo(((5 * 16) + (17 * 8) + (9 * 2), (5 * 40) + 41)));
        var own = Plan(Short with { Baseline = _ => new ZeroValues() });
        Assert.That((own.ValueWidths.Count, own.ValueParameters, own.ValueEngine), Is.EqualTo((0, 0L, (TrainingEngine?)null)));
        Assert.That($"{own}", Does.Contain("Value function: your own"));
        Assert.That(Plan(Short, () => new Pendulum()).PolicyParameters, Is.EqualTo((4 * 16) + (17 * 8) + 9 + 1), "the deviation is a parameter too");
    }

    [Test]
    public void The_text_has_all_sizes()
    {
        var text = $"{Plan(Short with { TotalSteps = 100_000, StepsPerIteration = 512, ReusedIterations = 3, Engine = TrainingEngine.TorchSharp })}".Split('\n');

        Assert.That(text[..5], Is.EqualTo(new[]
        {
            "Environment: CartPole, 8 at once",
            "Steps: 100,000, with 92 updates of the policy after 504 steps at first and 1,992 at the end",
            "Rows of an update: up to 7,968, with those of 3 earlier iterations",
            "Policy: 4-16-8-2, 234 parameters, computed by TorchSharp on cpu",
            "Value function: 4-16-8-1, 225 parameters, computed by TorchSharp on cpu",
        }));
        Assert.That(text[5], Does.Match(@"^Memory: about [\d.]+ MB of [\d.]+ GB \([\d.]+ (KB|MB) for the steps, [\d.]+ MB for the policy's update, [\d.]+ KB for the value function's fit, [\d.]+ KB for parameters\); [\d.]+ (bytes|KB) for a row of an update$"));
        Assert.That($"{Plan(Short with { StepsPerIteration = 1_500, FinalStepsPerIteration = 2 })}", Does.Contain("Steps: 3,000, with 2 updates of the policy after 1,504 steps each").Or.Contain("1,496 steps at first and 1,504 at the end"));
    }

    [Test]
    public void What_does_not_fit_is_refused_as_the_training_refuses_it_and_without_a_step()
    {
        var (steps, ml) = (0, new MLContext(1));
        var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new StepCounter(new CartPole(), () => Interlocked.Increment(ref steps)), count: 4);
        var large = Trainer(Short with { TotalSteps = 2_000_000_000, StepsPerIteration = 10_000_000, ReusedIterations = 100 });
        var custom = Trainer(Short with { TotalSteps = 2_000_000_000, StepsPerIteration = 10_000_000, ReusedIterations = 100, Network = arguments => new BufferedNetwork(arguments.Inputs, arguments.Outputs, arguments.Random) });

        foreach (var trainer in new[] { large, custom })
            Assert.That(Message(() => trainer.Describe(view.Schema)), Is.EqualTo(Message(() => trainer.Fit(view))).And.Contains("Lower StepsPerIteration to"));
        Trainer(Short).Describe(view.Schema);
        Assert.That(steps, Is.Zero);

        TrpoEstimator Trainer(TrpoOptions options) => ml.ReinforcementLearning.Trainers.Trpo(view, options);

        static string Message(Func<object> call) => Assert.Throws<InvalidOperationException>(() => call())!.Message;
    }

    [Test]
    public void Memory_on_a_graphics_card_is_not_counted_as_memory_of_the_process()
    {
        var (here, there) = (Memory(Short with { HiddenLayers = [512, 512], Engine = TrainingEngine.TorchSharp }), Memory(Short with { HiddenLayers = [512, 512], Device = "cuda" }));

        Assert.That(here.OnDevice, Is.Zero);
        Assert.That(there.OnDevice, Is.GreaterThan(200 * 2 * 4 * 1_024 * sizeof(float)), "activations, derivatives, tangents and cotangents of both networks");
        Assert.That(there.PolicyUpdate + there.ValueFit, Is.LessThan((here.PolicyUpdate + here.ValueFit) / 10));

        static TrainingMemory Memory(TrpoOptions options)
        {
            var schedule = IterationSchedule.Of(options, 4);
            return new MemoryEstimate(options, TrainingSizes.OfPerceptron(options, 4, 4, 1, 2, 2), schedule.MaxSteps).Describe(1e9);
        }
    }

    [Test]
    public void The_documented_plan_is_printed()
    {
        var (ml, options) = (new MLContext(1), Short);
        var cartPole = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole());
        using var output = new StringWriter();
        var original = Console.Out;
        Console.SetOut(output);
        try
        {
            var trainer = ml.ReinforcementLearning.Trainers.Trpo(cartPole, options);
            Console.WriteLine(trainer.Describe(cartPole.Schema));     // no step of the environment
        }
        finally
        {
            Console.SetOut(original);
        }

        Assert.That($"{output}", Does.StartWith("Environment: CartPole, 8 at once"));
    }

    private static TrainingPlan Plan(TrpoOptions options, Func<IEnvironment>? environment = null)
    {
        var ml = new MLContext(1);
        var view = ml.ReinforcementLearning.LoadFromEnvironment(environment ?? (() => new CartPole()));
        return ml.ReinforcementLearning.Trainers.Trpo(view, options).Describe(view.Schema);
    }

    [Test]
    public void The_page_on_training_divides_long_iterations_into_four_shards()
    {
        var ml = new MLContext(1);
        var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new Robot(), count: 16, threads: 4);
        var options = new TrpoOptions { TotalSteps = 10_000_000, StepsPerIteration = 16_384, FinalStepsPerIteration = 16_384 };

        Assert.That(ml.ReinforcementLearning.Trainers.Trpo(view, options).Describe(view.Schema).Shards, Is.EqualTo(4));
    }

    private sealed class Robot : WalkEnvironment;
}
