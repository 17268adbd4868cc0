using Trpo.Estimators.Kernels;
using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Estimation;
using Trpo.Estimators.Logs.Learning.Rewards;
using Trpo.Estimators.Networks;
using Trpo.Runtime.Randomness;

namespace Trpo.Tests.Logs.Candidates;

/// <summary>Tests that the memory of learning among candidates is bounded, and that the parts which bound it change no number.</summary>
public sealed class CandidateChunkTests
{
    private const int Context = 3, Candidates = 5, Features = 4;

    [Test]
    public void Candidates_that_are_computed_some_at_a_time_have_the_numbers_of_all_at_once_bit_for_bit([Values] Activation activation)
    {
        // Some 2,200 candidates that exist, and 300 of other rows.
        float[] rows = Rows(700, seed: 1), others = Rows(100, seed: 2);
        using CandidateNetwork whole = Create(long.MaxValue), parts = Create(0);
        var random = new RandomSource(4);
        double[] direction = [.. Enumerable.Range(0, whole.Parameters.Length).Select(_ => random.NextGaussian())], cotangents = [.. Enumerable.Range(0, 700 * Candidates).Select(_ => random.NextGaussian())];

        // libtorch adds in another order for another number of rows.
        var tolerance = PerceptronKernel.VectorLength > 0 ? 0 : 1e-4;
        foreach (var (expected, actual) in Compute(whole).Zip(Compute(parts)))
            Assert.That(actual, Is.EqualTo(expected).Within(tolerance));

        CandidateNetwork Create(long maxKeptActivations)
        {
            var scorer = PerceptronModel.Create(Context + Features, [16, 8], 1, activation, outputGain: 2, new RandomSource(3));
            return new CandidateNetwork(DifferentiableNetwork.For(scorer), new CandidateModel(scorer, Context, Candidates), maxKeptActivations);
        }

        double[][] Compute(CandidateNetwork network)
        {
            double[] linearized = new double[700 * Candidates], tangents = new double[700 * Candidates], evaluated = new double[100 * Candidates], gradient = new double[network.Parameters.Length], again = new double[network.Parameters.Length];
            network.Linearize(rows, linearized);
            network.Evaluate(others, evaluated);
            network.Product(direction, tangents);
            network.TransposeProduct(cotangents, gradient);
            network.TransposeProduct(cotangents, again);
            return [linearized, evaluated, tangents, gradient, again];
        }
    }

    [Test]
    public void The_memory_of_long_lists_is_that_of_the_rows()
    {
        // 102,400 candidates of 104 values, whose inputs and activations would take 43 MB and 97 MB.
        const int Long = 400, Wide = 100;
        using var network = (CandidateNetwork)DifferentiableNetwork.ForCandidates(PerceptronModel.Create(Wide + Features, [64, 64], 1, Activation.Tanh, outputGain: 1, new RandomSource(3)), Wide, Long);
        var rows = new float[256 * (Wide + (Long * (Features + 1)))];
        Array.Fill(rows, 1);
        var (outputs, gradient) = (new double[256 * Long], new double[network.Parameters.Length]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        network.Evaluate(rows, outputs);
        network.Linearize(rows, outputs);
        network.TransposeProduct(outputs, gradient);

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(12_000_000));
    }

    [Test]
    public void Padding_takes_no_memory()
    {
        // The inputs of all places would be more numbers than an array holds.
        const int Long = 600, Wide = 2_000;
        using var network = DifferentiableNetwork.ForCandidates(PerceptronModel.Create(Wide + 1, [1], 1, Activation.Tanh, outputGain: 1, new RandomSource(3)), Wide, Long);
        var (rows, length) = (new float[2_048 * (Wide + (2 * Long))], Wide + (2 * Long));
        for (var row = 0; row < 2_048; row++)
            rows[(row * length) + Wide + Long + (row % Long)] = 1;
        var outputs = new double[2_048 * Long];

        Assert.That(() => network.Linearize(rows, outputs), Throws.Nothing);
        Assert.That(() => network.Evaluate(rows, outputs), Throws.Nothing);
    }

    [Test]
    public void Rewards_of_long_lists_are_predicted_some_at_a_time()
    {
        // 2.4 million candidates of 1,502 values, of which the products of context and features are most.
        var layout = new CandidateLayout(Context: 500, Count: 600, Features: 2);
        var log = new LoggedRows(600, 500 + (600 * 3)) { Actions = new int[4_000], Propensities = new double[4_000], Rewards = new double[4_000], Observations = new float[4_000 * 2_300], Candidates = layout };
        var model = new Counting();
        var predictions = new float[4_000 * 600];
        new CandidateRewards(model, layout).Fit(log, [0, 1], seed: 0, () => { }).Predict(log, [.. Enumerable.Range(0, 4_000)], predictions, () => { });

        Assert.That(model.Counts.Sum(), Is.EqualTo(2_400_000));
        Assert.That(model.Counts, Is.All.LessThan(100_000));
        Assert.That(predictions, Is.All.EqualTo(7));
    }

    [Test]
    public void Inputs_that_are_computed_one_by_one_are_those_that_are_computed_together([Values] bool isLinear)
    {
        var layout = new CandidateLayout(Context, Candidates, Features);
        var (features, observation) = (new CandidateFeatures(layout, isLinear), Rows(1, seed: 7));
        var inputs = new float[features.Length];
        features.Read(observation, 2, inputs);

        Assert.That(features.Length, Is.EqualTo(isLinear ? 19 : 7));
        Assert.That(Enumerable.Range(0, features.Length).Select(index => features.ValueOf(observation, 2, index)), Is.EqualTo(inputs));
    }

    [Test]
    public void A_log_that_no_array_holds_is_refused_with_the_sizes_of_its_candidates()
    {
        var row = new LogRow { Observation = new float[2_300], ActionFeatures = new float[1_200], Mask = new float[600], Eligible = new bool[600] };

        Assert.That(() => LogSize.Check(900_000, 2_300, row), Throws.Nothing);
        Assert.That(() => LogSize.Check(1_000_000, 2_300, row), Throws.TypeOf<LogException>().With.Message.Contains("1000000 rows of 2300 values, places for 600 candidates of 2 features among them").And.Message.Contains("leave less places for candidates"));
    }

    private static float[] Rows(int count, ulong seed) => [.. CandidateGraph.Observations(count, Context, Candidates, Features, new RandomSource(seed)).SelectMany(row => row)];

    private sealed class Counting : IRewardModel, IRewardPredictor
    {
        public List<int> Counts { get; } = [];

        public bool IsLinear => true;

        public IRewardPredictor Fit(LoggedRows log, int[] rows, int seed, Action check) => this;

        public void Predict(LoggedRows log, int[] rows, float[] predictions, Action check)
        {
            Counts.Add(rows.Length);
            Array.Fill(predictions, 7);
        }

        public void Dispose()
        {
        }
    }
}
