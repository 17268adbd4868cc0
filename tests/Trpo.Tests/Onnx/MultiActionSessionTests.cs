using Trpo.Onnx;
using Trpo.Onnx.Graph;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx;

/// <summary>Policies of several choices or switches at once, with answers that are known.</summary>
public sealed class MultiActionSessionTests
{
    private static readonly ActionSpace[] Spaces = [LiteralPolicies.Controls, LiteralPolicies.Switches];

    [TestCaseSource(nameof(Spaces))]
    public void Actions_and_scores_are_those_of_the_table(ActionSpace space)
    {
        var (onnx, scores, actions) = LiteralPolicies.Of(space);
        using var session = PolicySession.Open(onnx);
        using var batch = session.CreateBatch(8);
        foreach (var size in new[] { 4, 2, 1, 3, 4 })
        {
            // From the last row, so that a row that is left of the run before shows.
            for (var row = 0; row < size; row++)
                LiteralPolicies.Observations[size - 1 - row].CopyTo(batch.Observation(row));
            batch.Run(size);
            Assert.Multiple(() =>
            {
                for (var row = 0; row < size; row++)
                {
                    Assert.That(batch.Action(row).ToArray(), Is.EqualTo(actions[size - 1 - row]));
                    Assert.That(batch.Score(row).ToArray(), Is.EqualTo(scores[size - 1 - row]).Within(1e-6f));
                }
            });
        }

        Assert.That(batch.IsDiscrete, Is.False);
        Assert.That(() => batch.Action(4), Throws.InstanceOf<ArgumentOutOfRangeException>(), "only the rows of the last run can be read");
        Assert.That(() => batch.Choice(0), Throws.InvalidOperationException.With.Message.Contains("Action"));
    }

    [TestCaseSource(nameof(Spaces))]
    public void The_metadata_give_the_space_back(ActionSpace space)
    {
        using var session = PolicySession.Open(LiteralPolicies.Of(space).Onnx);

        Assert.That(session.Metadata.Actions, Is.TypeOf(space.GetType()));
        Assert.That(session.Metadata.Actions.ToString(), Is.EqualTo(space.ToString()));
        Assert.That(session.Metadata.Actions.ScoreNames, Is.EqualTo(space.ScoreNames));
    }

    [TestCaseSource(nameof(Spaces))]
    public void A_NaN_in_any_row_gives_that_row_a_missing_action(ActionSpace space)
    {
        var (onnx, _, actions) = LiteralPolicies.Of(space);
        using var session = PolicySession.Open(onnx);
        using var batch = session.CreateBatch(4);
        for (var bad = 0; bad < 4; bad++)
        {
            for (var row = 0; row < 4; row++)
                LiteralPolicies.Observations[row].CopyTo(batch.Observation(row));
            batch.Observation(bad)[2] = float.NaN;
            batch.Run(4);
            Assert.Multiple(() =>
            {
                for (var row = 0; row < 4; row++)
                {
                    Assert.That(batch.Score(row).ToArray(), row == bad ? Is.All.NaN : Is.All.Not.NaN);
                    Assert.That(batch.Action(row).ToArray(), row == bad ? Is.All.NaN : Is.EqualTo(actions[row]));
                }
            });
        }
    }

    [TestCaseSource(nameof(Spaces))]
    public void Running_and_reading_allocate_nothing(ActionSpace space)
    {
        using var session = PolicySession.Open(LiteralPolicies.Of(space).Onnx);
        using var batch = session.CreateBatch(4);
        batch.Run(4);
        batch.Run(4);
        var sum = batch.Action(0)[0];
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            batch.Run(4);
            sum += batch.Action(3)[0] + batch.Score(3)[0];
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
        Assert.That(sum, Is.Not.NaN);
    }

    [Test]
    public void Counts_in_another_order_than_the_graphs_cannot_be_told_apart_but_other_numbers_can()
    {
        Assert.That(() => Open(ActionSpace.MultiDiscrete([2, 3])), Throws.Nothing);
        Assert.That(() => Open(ActionSpace.MultiDiscrete([3, 3])), Throws.TypeOf<InvalidDataException>().With.Message.Contains("'score'"));
        Assert.That(() => Open(ActionSpace.MultiDiscrete([2, 2, 1])), Throws.TypeOf<InvalidDataException>().With.Message.Contains("'action'"));
        Assert.That(() => Open(ActionSpace.MultiBinary(5)), Throws.TypeOf<InvalidDataException>().With.Message.Contains("'action'"));
        Assert.That(() => PolicySession.Open(LiteralPolicies.SwitchPolicy(ActionSpace.MultiBinary(2))), Throws.TypeOf<InvalidDataException>().With.Message.Contains("'score'"));
    }

    [Test]
    public void Indices_and_numbers_are_not_taken_for_each_other()
    {
        // A score of two columns each, so that only the type of the action is wrong.
        var numbers = Graph(graph => graph.Output(PolicyValues.Action, 2, "Numbers."), "Identity");
        var vector = Graph(graph => graph.IndexOutput(PolicyValues.Action, "Indices."), "ArgMax", ("axis", 1), ("keepdims", 0));
        var indices = Graph(graph => graph.IndexOutput(PolicyValues.Action, "Indices.", length: 2), "Cast", ("to", 7));

        Assert.Multiple(() =>
        {
            Assert.That(() => numbers(ActionSpace.MultiBinary(2)), Throws.TypeOf<InvalidDataException>().With.Message.Contains("'action' is Single[-1, 2], but the metadata says Int64[-1, 2]"));
            Assert.That(() => numbers(ActionSpace.MultiDiscrete([1, 1])), Throws.TypeOf<InvalidDataException>());
            Assert.That(() => vector(ActionSpace.MultiBinary(2)), Throws.TypeOf<InvalidDataException>().With.Message.Contains("Int64[-1]"));
            Assert.That(() => indices(ActionSpace.Discrete(2)), Throws.TypeOf<InvalidDataException>());
            Assert.That(() => indices(ActionSpace.Box([0, 0], [1, 1])), Throws.TypeOf<InvalidDataException>());
            Assert.That(() => numbers(ActionSpace.Box([0, 0], [1, 1])), Throws.Nothing);
            Assert.That(() => vector(ActionSpace.Discrete(2)), Throws.Nothing);
            Assert.That(() => indices(ActionSpace.MultiDiscrete([1, 1])), Throws.Nothing);
        });
    }

    private static void Open(ActionSpace declared) => PolicySession.Open(LiteralPolicies.ControlPolicy(declared)).Dispose();

    private static Action<ActionSpace> Graph(Action<OnnxGraphBuilder> declare, string operation, params (string, OnnxAttribute)[] attributes) => declared =>
    {
        var graph = new OnnxGraphBuilder("test");
        var observation = graph.Input(PolicyValues.Observation, 2, "An observation.");
        graph.Node("Identity", PolicyValues.Score, [observation]);
        graph.Node(operation, PolicyValues.Action, [observation], attributes);
        declare(graph);
        graph.Output(PolicyValues.Score, 2, "The observation.");
        PolicySession.Open(graph.Build("A test.", PolicyMetadataFormat.Write(Support.Policies.Metadata(declared, observationLength: 2)))).Dispose();
    };
}
