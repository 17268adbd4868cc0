using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Onnx;
using Trpo.Tests.Support;

namespace Trpo.Tests.Environments.DataViews;

/// <summary>A transform that keeps a state from row to row has its initial state at the start of every episode of every environment.</summary>
public sealed class StatefulTransformTests
{
    private static readonly (float, float)[] Steps = [(-1, 0), (0, 1), (1, 2), (2, 3), (3, 4)];

    private readonly MLContext _ml = new(seed: 1);
    private readonly HashSet<(float, float)> _pairs = [];

    [SetUp]
    public void Clear() => _pairs.Clear();

    [Test]
    public void Every_episode_of_a_training_begins_with_the_initial_state([Values(1, 3)] int environments)
    {
        var view = _ml.ReinforcementLearning.LoadFromEnvironment(() => new CountingEnvironment(), environments);
        Stacking().Append(Trainer(view)).Fit(view);

        Assert.That(_pairs, Is.EquivalentTo(Steps));
    }

    [Test]
    public void An_episode_that_training_cuts_off_leaves_no_state()
    {
        // The second of two environments is cut off after two of four steps.
        var view = _ml.ReinforcementLearning.LoadFromEnvironment(() => new CountingEnvironment(truncates: true, maxEpisodeSteps: 4), count: 2);
        Stacking().Append(Trainer(view)).Fit(view);

        Assert.That(_pairs, Is.EquivalentTo(Steps));
    }

    [Test]
    public void A_resumed_training_begins_its_episodes_with_the_initial_state()
    {
        using var folder = new TemporaryFolder();
        var view = _ml.ReinforcementLearning.LoadFromEnvironment(() => new CountingEnvironment(), count: 2);
        for (var piece = 0; piece < 3; piece++)
        {
            using var source = new CancellationTokenSource();
            var options = Options with { Checkpoints = new() { Folder = folder.FullName, Resume = true }, Cancellation = source.Token };
            var seen = 0;
            Stacking(() =>
            {
                if (++seen == 11)
                    source.Cancel();
            }).Append(_ml.ReinforcementLearning.Trainers.Trpo(view, options)).Fit(view);
        }

        Assert.That(_pairs, Is.EquivalentTo(Steps));
    }

    [Test]
    public void An_evaluation_does_not_depend_on_the_number_of_environments()
    {
        var view = _ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), count: 2);
        var changes = _ml.Transforms.StatefulCustomMapping<Frame, Change, Frame>(
            (frame, change, last) =>
            {
                change.Features = [.. frame.Observation, .. frame.Observation.Select((value, i) => value - last.Observation[i])];
                last.Observation = [.. frame.Observation];
            },
            last => last.Observation = [9, 9, 9, 9],
            contractName: null);
        var model = changes.Append(_ml.ReinforcementLearning.Trainers.Trpo(view, Options with { TotalSteps = 600 })).Fit(view);
        var returns = new[] { 1, 3, 8 }.Select(count => _ml.ReinforcementLearning.Evaluate(model, _ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), count), episodes: 8).Episodes).ToList();

        Assert.That(returns, Is.All.EqualTo(returns[0]));
        Assert.That(returns[0].Select(episode => episode.Length).Distinct().Count(), Is.GreaterThan(1));
    }

    [Test]
    public void A_new_prediction_engine_begins_with_the_initial_state_and_an_old_one_goes_on()
    {
        var view = _ml.ReinforcementLearning.LoadFromEnvironment(() => new CountingEnvironment(), count: 1);
        var model = Stacking().Append(Trainer(view)).Fit(view);
        _pairs.Clear();
        for (var episode = 0; episode < 2; episode++)
        {
            using var engine = _ml.Model.CreatePredictionEngine<Raw, Stacked>(model, new PredictionEngineOptions { OwnsTransformer = false });
            for (var step = 0; step < 3; step++)
                engine.Predict(new Raw { Observation = [step] });
        }

        Assert.That(_pairs, Is.EquivalentTo(new[] { (-1f, 0f), (0, 1), (1, 2) }));
    }

    [Test]
    public void A_state_that_the_data_end_is_initial_in_the_table_too()
    {
        // The number of the step is in the observation, so that the mapping knows the first row of an episode wherever the rows come from.
        var view = _ml.ReinforcementLearning.LoadFromEnvironment(() => new CountingEnvironment(), count: 2, rows: 40);
        var pairs = new HashSet<(float, float)>();
        _ml.Transforms.StatefulCustomMapping<Raw, Stacked, Last>(
            (raw, stacked, last) =>
            {
                if (raw.Observation[0] == 0)
                    last.Observation = -1;
                pairs.Add((last.Observation, raw.Observation[0]));
                stacked.Features = [last.Observation, raw.Observation[0]];
                last.Observation = raw.Observation[0];
            },
            last => last.Observation = -1,
            contractName: null).Append(_ml.Transforms.NormalizeMinMax("Features")).Append(Trainer(view)).Fit(view);

        Assert.That(pairs, Is.EquivalentTo(Steps));
    }

    [Test]
    public void Cursors_through_stateless_transforms_are_opened_once_for_each_environment()
    {
        var view = _ml.ReinforcementLearning.LoadFromEnvironment(() => new CountingEnvironment(length: 1), count: 3, rows: 10);
        var opened = 0;
        var data = new HookedDataView(view, open: source =>
        {
            opened++;
            return source();
        });
        _ml.ReinforcementLearning.Trainers.Trpo(view, Options with { Columns = new() }).Fit(data);

        Assert.That(opened, Is.EqualTo(3));
    }

    private static TrpoOptions Options => new() { TotalSteps = 120, StepsPerIteration = 30, HiddenLayers = [4], Seed = 1, Columns = new PolicyColumns("Features") };

    private TrpoEstimator Trainer(EnvironmentDataView view) => _ml.ReinforcementLearning.Trainers.Trpo(view, Options);

    private Microsoft.ML.Transforms.StatefulCustomMappingEstimator<Raw, Stacked, Last> Stacking(Action? seen = null) => _ml.Transforms.StatefulCustomMapping<Raw, Stacked, Last>(
        (raw, stacked, last) =>
        {
            _pairs.Add((last.Observation, raw.Observation[0]));
            seen?.Invoke();
            stacked.Features = [last.Observation, raw.Observation[0]];
            last.Observation = raw.Observation[0];
        },
        last => last.Observation = -1,
        contractName: null);

    private sealed class Raw
    {
        [VectorType(1)]
        public float[] Observation { get; set; } = [];
    }

    private sealed class Stacked
    {
        [VectorType(2)]
        public float[] Features { get; set; } = [];
    }

    private sealed class Last
    {
        public float Observation { get; set; }
    }

    private sealed class Frame
    {
        [VectorType(4)]
        public float[] Observation { get; set; } = [];
    }

    private sealed class Change
    {
        [VectorType(8)]
        public float[] Features { get; set; } = [];
    }
}
