using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Trpo.Onnx;
using Trpo.Onnx.Graph.Format;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;
using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Tests.Policies;

/// <summary>Masks in exported policies.</summary>
public sealed class ActionMaskDeploymentTests
{
    private const int Rows = 5_000;

    private static readonly ActionSpace[] Spaces = MaskedRows.Spaces;

    [Test]
    public void Policies_act_in_onnx_as_in_training([ValueSource(nameof(Spaces))] ActionSpace space, [Values] Differentiation differentiation)
    {
        using var policy = MaskedRows.Policy(space, differentiation);
        var onnx = policy.Export(MaskedRows.Metadata(space));
        var observations = MaskedRows.Observations(space, Rows);
        var parameters = new double[Rows * policy.ParameterLength];
        policy.Evaluate(observations, parameters);
        using var session = PolicySession.Open(onnx);
        using var batch = Run(session, observations);

        Assert.That(OnnxChecker.Faults(ModelProto.Parser.ParseFrom(onnx)), Is.Empty);
        var (action, choices) = (new float[space.Length], new HashSet<string>());
        for (var row = 0; row < Rows; row++)
        {
            var one = parameters.AsSpan(row * policy.ParameterLength, policy.ParameterLength).ToArray();
            var (mask, score) = (MaskedRows.Mask(space, observations, row).ToArray(), batch.Score(row).ToArray());
            policy.Distribution.Mode(one, action);
            var (place, isClose) = (0, false);
            foreach (var count in MaskedRows.Counts(space))
            {
                double[] exponentials = [.. one.Skip(place).Take(count).Zip(mask.Skip(place), (logit, allowed) => allowed == 1 ? Math.Exp(logit) : 0)];
                double[] probabilities = [.. exponentials.Select(exponential => exponential / exponentials.Sum())];
                Assert.That(score[place..(place + count)], Is.EqualTo(probabilities).Within(1e-5), $"row {row}");
                isClose |= probabilities.Order().TakeLast(2).ToArray() is [var second, var first] && first - second < 1e-4;
                place += count;
            }

            float[] deployed = batch.IsDiscrete ? [batch.Choice(row)] : batch.Action(row).ToArray();
            if (!isClose)
                Assert.That(deployed, Is.EqualTo(action));
            AssertAllowed(space, mask, deployed);
            Assert.That(score.Zip(mask).Where(pair => pair.Second == 0).Select(pair => pair.First), Is.All.EqualTo(0f), "exactly 0");
            choices.Add(string.Join(' ', deployed));
        }

        Assert.That(choices, Has.Count.EqualTo(MaskedRows.Counts(space).Aggregate(1, (product, count) => product * count)), "every action occurs");
    }

    [TestCaseSource(nameof(Spaces))]
    public void Drawn_actions_are_allowed(ActionSpace space)
    {
        var observations = MaskedRows.Observations(space, Rows);
        using var session = PolicySession.Open(MaskedRows.Onnx(space));
        using var batch = Run(session, observations, ActionSelection.Sample(seed: 3));
        var taken = new HashSet<string>();
        for (var row = 0; row < Rows; row++)
        {
            float[] action = batch.IsDiscrete ? [batch.Choice(row)] : batch.Action(row).ToArray();
            AssertAllowed(space, MaskedRows.Mask(space, observations, row), action);
            Assert.That(batch.LogProbability(row), Is.LessThanOrEqualTo(0).And.Not.EqualTo(double.NegativeInfinity));
            taken.Add(string.Join(' ', action));
        }

        Assert.That(taken, Has.Count.EqualTo(MaskedRows.Counts(space).Aggregate(1, (product, count) => product * count)));
    }

    [Test]
    public void A_row_that_allows_nothing_has_no_action([ValueSource(nameof(Spaces))] ActionSpace space, [Values] bool drawn)
    {
        using var session = PolicySession.Open(MaskedRows.Onnx(space));
        var observations = MaskedRows.Observations(space, 20);
        // Some rows allow nothing, others nothing in the last dimension only.
        for (var row = 0; row < 20; row += 2)
            MaskedRows.Mask(space, observations, row)[(row % 4 == 0 ? 0 : space.ScoreLength - MaskedRows.Counts(space)[^1])..].Clear();
        using var batch = Run(session, observations, drawn ? ActionSelection.Sample(seed: 1) : null);

        for (var row = 0; row < 20; row++)
        {
            if (row % 2 == 1)
            {
                Assert.That(batch.Score(row).ToArray(), Is.All.Not.NaN);
                continue;
            }

            Assert.That(batch.Score(row).ToArray(), Is.All.NaN, $"row {row}");
            Assert.That(batch.LogProbability(row), Is.NaN);
            if (batch.IsDiscrete)
                Assert.That(batch.Choice(row), Is.EqualTo(-1));
            else
                Assert.That(batch.Action(row).ToArray(), Is.All.NaN);
        }
    }

    [Test]
    public void The_graph_itself_gives_NaN_where_nothing_is_allowed_or_there_is_a_NaN_and_minus_infinity_for_the_forbidden()
    {
        var space = ActionSpace.MultiDiscrete([2, 3]);
        float[] observations =
        [
            1, 2, 1, 0, 0, 1, 1,
            1, 2, 0, 0, 1, 1, 1,
            1, 2, 1, 1, 0, 0, 0,
            1, 2, 1, float.NaN, 1, 1, 1,
            1, float.NaN, 1, 0, 1, 0, 0,
        ];
        using var session = new InferenceSession(MaskedRows.Onnx(space));
        using var input = OrtValue.CreateTensorValueFromMemory(observations, [5, 7]);
        using var run = new RunOptions();
        using var outputs = session.Run(run, ["observation"], [input], ["score", "logits"]);
        float[][] scores = [.. outputs[0].GetTensorDataAsSpan<float>().ToArray().Chunk(5)];
        float[][] logits = [.. outputs[1].GetTensorDataAsSpan<float>().ToArray().Chunk(5)];

        Assert.That(scores[0][..3], Is.EqualTo(new[] { 1f, 0, 0 }));
        Assert.That(scores[0][3] + scores[0][4], Is.EqualTo(1).Within(1e-6));
        Assert.That(logits[0].Select(float.IsNegativeInfinity), Is.EqualTo(new[] { false, true, true, false, false }));
        Assert.That(scores[1][..2], Is.All.NaN);
        Assert.That(scores[2][2..], Is.All.NaN);
        Assert.That(scores[3], Is.All.NaN);
        Assert.That(scores[4], Is.All.NaN);
    }

    [Test]
    public void The_metadata_of_a_policy_states_that_it_reads_a_mask()
    {
        using var masked = PolicySession.Open(MaskedRows.Onnx(Spaces[0]));
        using var other = PolicySession.Open(Support.Policies.Onnx(Spaces[0]));
        var model = ModelProto.Parser.ParseFrom(MaskedRows.Onnx(Spaces[0]));

        Assert.That((masked.Metadata.HasActionMask, other.Metadata.HasActionMask), Is.EqualTo((true, false)));
        Assert.That(model.MetadataProps.Single(pair => pair.Key == "trpo.action_mask").Value, Is.EqualTo("true"));
        Assert.That(model.Graph.Input.Single().DocString, Does.Contain("the last 4 values say which choices are allowed"));
    }

    [Test]
    public void A_graph_with_transforms_keeps_the_mask_and_marks_rows_that_allow_nothing([Values] bool merged)
    {
        const int Count = 200;
        var space = ActionSpace.MultiDiscrete([2, 3]);
        var ml = new MLContext(seed: 1);
        var observations = MaskedRows.Observations(space, Count);
        MaskedRows.Mask(space, observations, 7)[..2].Clear();
        MaskedRow[] rows = [.. observations.Chunk(7).Select(row => new MaskedRow { Features = row[..2], Mask = row[2..] })];
        var view = ml.Data.LoadFromEnumerable(rows);
        using var policy = new PolicyTransformer(MaskedRows.Onnx(space), new PolicyColumns());
        var model = ml.Transforms.Concatenate("Observation", "Features", "Mask").Fit(view).Append(policy);
        var bytes = merged ? PolicyChain.FromModel(model).ToOnnx(Concatenation()) : PolicyChain.FromModel(model).ToOnnx(view.Schema);
        var outputs = RawRun.Run(bytes, Count, ("Features", rows.SelectMany(row => row.Features).ToArray()), ("Mask", rows.SelectMany(row => row.Mask).ToArray()));
        using var session = PolicySession.Open(policy.Onnx.ToArray());
        using var batch = Run(session, observations);

        Assert.That(ModelProto.Parser.ParseFrom(bytes).MetadataProps.Select(pair => pair.Key), Does.Contain("trpo.action_mask"));
        Assert.That(outputs["action"][14..16], Is.EqualTo(new[] { -1f, -1f }));
        Assert.That(outputs["score"][35..40], Is.All.NaN);
        Assert.That(model.Transform(view).GetColumn<float[]>("Action").ElementAt(7), Is.All.NaN);
        for (var row = 0; row < Count; row++)
        {
            if (row == 7)
                continue;
            Assert.That(outputs["action"][(2 * row)..((2 * row) + 2)], Is.EqualTo(batch.Action(row).ToArray()));
            Assert.That(outputs["score"][(5 * row)..((5 * row) + 5)], Is.EqualTo(batch.Score(row).ToArray()).Within(1e-6f));
        }
    }

    private static MemoryStream Concatenation()
    {
        var graph = new ConverterGraph();
        graph.Input("Features", DataType.Float, -1, 2);
        graph.Input("Mask", DataType.Float, -1, 5);
        graph.Node("Concat", "", "Joined", ["Features", "Mask"], ("axis", 1));
        graph.Output("Observation", "Joined", DataType.Float, 7);
        return graph.Stream;
    }

    private static PolicyBatch Run(PolicySession session, float[] observations, ActionSelection? selection = null)
    {
        var length = session.Metadata.Observations.Length;
        var rows = observations.Length / length;
        var batch = session.CreateBatch(rows, selection);
        for (var row = 0; row < rows; row++)
            observations.AsSpan(row * length, length).CopyTo(batch.Observation(row));
        batch.Run(rows);
        return batch;
    }

    private static void AssertAllowed(ActionSpace space, ReadOnlySpan<float> mask, float[] action)
    {
        foreach (var (count, choice) in MaskedRows.Counts(space).Zip(action))
        {
            Assert.That(mask[(int)choice], Is.EqualTo(1));
            mask = mask[count..];
        }
    }

    private sealed class MaskedRow
    {
        [VectorType(2)]
        public float[] Features { get; set; } = [];

        [VectorType(5)]
        public float[] Mask { get; set; } = [];
    }
}
