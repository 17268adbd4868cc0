using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators;
using Trpo.Estimators.Distributions;
using Trpo.Estimators.Environments;
using Trpo.Onnx;
using Trpo.Onnx.Graph.Format;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Training;

/// <summary>Training with masks, and the resulting policies. The environments throw if a forbidden choice is taken.</summary>
public sealed class ActionMaskTrainingTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Test]
    public void A_step_that_fails_with_a_forbidden_choice_says_that_ActionMask_is_not_set()
    {
        var environment = _ml.ReinforcementLearning.LoadFromEnvironment(() => new LowestAllowed(ActionSpace.Discrete("a", "b", "c")), count: 1);

        Assert.That(() => _ml.ReinforcementLearning.Trainers.Trpo(environment, new() { Seed = 1 }).Fit(environment), Throws.TypeOf<EnvironmentException>().With.Message.Match(
            @"^Environment 'Lowest' .*failed in Step, at step \d+ of its episode: Choice \d is forbidden\. Its Allows forbids the choice '[abc]' that it was given: a policy takes forbidden choices unless the trainer's option ActionMask is set"));
    }

    [Test]
    public void Learns_the_best_of_the_allowed_choices([Values] bool several)
    {
        ActionSpace actions = several ? ActionSpace.MultiDiscrete([3, 2]) : ActionSpace.Discrete(5);
        var environment = _ml.ReinforcementLearning.LoadFromEnvironment(() => new LowestAllowed(actions));
        var listener = new Listener();
        using var policy = _ml.ReinforcementLearning.Trainers.Trpo(environment, new() { TotalSteps = 20_000, Seed = 1, Discount = 0.5, ActionMask = true, Progress = listener }).Fit(environment);
        var best = several ? 20 : 10;

        Assert.That(_ml.ReinforcementLearning.Evaluate(policy, environment, episodes: 50).MeanReturn, Is.GreaterThan(0.95 * best));
        Assert.That(listener.Iterations[0].MeanReturn, Is.LessThan(0.8 * best), "an untrained policy does not reach it");
        using var drawing = policy.With(ActionSelection.Sample(seed: 4));
        Assert.That(_ml.ReinforcementLearning.Evaluate(drawing, environment, episodes: 50).MeanReturn, Is.GreaterThan(0.8 * best), "no forbidden choice was drawn");
    }

    [Test]
    public void The_lift_of_the_documentation_learns_and_is_saved_as_a_model_and_exported_as_one_graph()
    {
        var ml = _ml;
        var lift = ml.ReinforcementLearning.LoadFromEnvironment(() => new TimeLimit(new Lift(), 50));
        var pipeline = ml.Transforms.NormalizeMeanVariance([new("Floor"), new("Call")])
            .Append(ml.Transforms.Concatenate("Observation", "Floor", "Call", "Allowed"))
            .Append(ml.ReinforcementLearning.Trainers.Trpo(lift, new() { ActionMask = true, TotalSteps = 30_000 }));
        using var model = pipeline.Fit(lift);

        // One step for the door, and 35/18 floors on average.
        Assert.That(ml.ReinforcementLearning.Evaluate(model, lift, episodes: 500, seed: 1).MeanReturn, Is.EqualTo(-1 - (35 / 18.0)).Within(0.2));

        var folder = Directory.CreateTempSubdirectory("trpo-mask-");
        try
        {
            var (file, onnx) = (Path.Combine(folder.FullName, "lift.zip"), Path.Combine(folder.FullName, "lift.onnx"));
            ml.Model.Save(model, lift.Schema, file);
            var rows = ml.Data.TakeRows(lift, 500);
            var (actions, scores) = Scored(model.Transform(rows));
            var loaded = new MLContext().Model.Load(file, out _);
            using var loadedScope = (IDisposable)loaded;
            Assert.That(Scored(loaded.Transform(rows)), Is.EqualTo((actions, scores)));

            ml.ReinforcementLearning.ExportToOnnx(model, onnx);
            var graph = ModelProto.Parser.ParseFrom(File.ReadAllBytes(onnx));
            Assert.That(OnnxChecker.Faults(graph, identifiers: false), Is.Empty);
            Assert.That(graph.MetadataProps.Select(pair => pair.Key), Does.Contain("trpo.action_mask"));
            var (exportedScores, choices) = ExportedChain.Run(onnx, rows, new Lift().ActionSpace);
            Assert.That(choices!.Select(choice => (uint)choice + 1), Is.EqualTo(actions));
            for (var row = 0; row < scores.Length; row++)
                Assert.That(exportedScores[row], Is.EqualTo(scores[row]).Within(1e-5f));

            // No floor is requested and the door is locked, so that no choice is allowed.
            var stuck = ml.Data.LoadFromEnumerable([new LiftRow { Floor = 1, Call = 2, Allowed = [0, 0, 0] }]);
            Assert.That(Scored(model.Transform(stuck)).Actions, Is.EqualTo(new[] { 0u }));
            Assert.That(Scored(model.Transform(stuck)).Scores[0], Is.All.NaN);
            (exportedScores, choices) = ExportedChain.Run(onnx, stuck, new Lift().ActionSpace);
            Assert.That(choices, Is.EqualTo(new[] { -1L }));
            Assert.That(exportedScores[0], Is.All.NaN);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Test]
    public void The_documentation_quotes_the_lift()
    {
        var excerpts = Documentation.Excerpts("environments.md", "## Choices that are not always allowed");
        var folders = new[] { "Support", "Training" }.Select(folder => Path.Combine(Repository.Root, "tests", "Trpo.Tests", folder)).ToList();

        Assert.That(excerpts, Has.Length.EqualTo(2));
        Assert.That(excerpts.Where(excerpt => !folders.Any(folder => Documentation.Quotes(excerpt, folder))), Is.Empty);
    }

    [Test]
    public void The_table_of_a_random_policy_contains_no_forbidden_choice()
    {
        var environment = _ml.ReinforcementLearning.LoadFromEnvironment(() => new TimeLimit(new LowestAllowed(ActionSpace.Discrete(6)), 7), rows: 2_000);

        Assert.That(environment.GetColumn<float[]>("Observation").Count(), Is.EqualTo(2_000));
    }

    [Test]
    public void The_table_of_an_environment_that_allows_nothing_names_the_fault() =>
        Assert.That(
            () => _ml.ReinforcementLearning.LoadFromEnvironment(() => new Walled()).GetColumn<float[]>("Observation").Count(),
            Throws.TypeOf<EnvironmentException>().With.Message.StartsWith("Environment 'Walled' (index 0 of 1) allows no choice at step 0"));

    [Test]
    public void A_state_without_an_allowed_choice_ends_the_training() =>
        Assert.That(
            () => Train(() => new Walled()),
            Throws.TypeOf<EnvironmentException>().With.Message.StartsWith("Environment 'Walled' (index 0 of 8) allows no choice at step 0 of its episode"));

    [Test]
    public void A_mask_that_was_scaled_ends_the_training()
    {
        var environment = _ml.ReinforcementLearning.LoadFromEnvironment(() => new LowestAllowed(ActionSpace.Discrete(3)));
        var pipeline = _ml.Transforms.NormalizeMeanVariance("Observation").Append(_ml.ReinforcementLearning.Trainers.Trpo(environment, new() { ActionMask = true }));

        Assert.That(() => pipeline.Fit(environment), Throws.TypeOf<EnvironmentException>().With.Message.Contains("A normaliser must not scale the mask: let Concatenate put the mask behind what is normalised"));
        Assert.That(
            () => Train(() => new LowestAllowed(ActionSpace.Discrete(3), mask: value => value * 2)),
            Throws.TypeOf<EnvironmentException>().With.Message.Match(@"Environment 'Lowest' \(index 0 of 8\) shows the policy 2 at slot \d, at step 0 of its episode, where the mask says whether choice '\d' is allowed"));
    }

    [Test]
    public void Actions_and_distributions_that_cannot_be_masked_are_refused_before_training()
    {
        TrpoEstimator Trainer(ActionSpace actions, TrpoOptions options) =>
            _ml.ReinforcementLearning.Trainers.Trpo(_ml.ReinforcementLearning.LoadFromEnvironment(() => new EchoEnvironment(actions)), options);
        var masked = new TrpoOptions { ActionMask = true };

        Assert.Multiple(() =>
        {
            Assert.That(() => Trainer(ActionSpace.Box([-1], [1]), masked), Throws.ArgumentException.With.Message.Contains("only discrete and multi-discrete actions can be masked"));
            Assert.That(() => Trainer(ActionSpace.MultiBinary(2), masked), Throws.ArgumentException);
            Assert.That(() => Trainer(ActionSpace.Discrete(2), masked with { Distribution = arguments => ActionDistribution.For(arguments.Actions, 0) }), Throws.ArgumentException.With.Message.Contains("ActionMask forbids choices through the logits"));
            Assert.That(() => Train(() => new CountingEnvironment()), Throws.ArgumentException.With.Message.Contains("the last 2 slots of an observation, but the observation has 1"));
        });
    }

    private static (uint[] Actions, float[][] Scores) Scored(IDataView scored) => (scored.GetColumn<uint>("Action").ToArray(), scored.GetColumn<float[]>("Score").ToArray());

    private void Train(Func<IEnvironment> factory)
    {
        var environment = _ml.ReinforcementLearning.LoadFromEnvironment(factory);
        _ml.ReinforcementLearning.Trainers.Trpo(environment, new() { ActionMask = true, TotalSteps = 1_000 }).Fit(environment).Dispose();
    }

    private sealed class LiftRow
    {
        public float Floor { get; set; }

        public float Call { get; set; }

        [VectorType(3)]
        public float[] Allowed { get; set; } = [];
    }

    private sealed class Walled : IEnvironment
    {
        public ObservationSpace ObservationSpace { get; } = ObservationSpace.Unbounded(2);

        public ActionSpace ActionSpace { get; } = ActionSpace.Discrete(2);

        public bool Allows(int choice) => false;

        public void Reset(int? seed, Span<float> observation) => observation.Clear();

        public StepResult Step(EnvironmentAction action, Span<float> observation) => throw new InvalidOperationException("Nobody can act.");
    }
}
