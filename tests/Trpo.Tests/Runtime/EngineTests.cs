using Trpo.Onnx;
using Trpo.Runtime;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Runtime;

/// <summary>Tests of the engine that a session takes for a graph.</summary>
public sealed class EngineTests
{
    private static readonly ActionSpace[] Spaces = [Support.Policies.Choices, LiteralPolicies.Controls, LiteralPolicies.Switches, Support.Policies.Vectors];

    [TestCaseSource(nameof(Spaces))]
    public void Perceptrons_run_in_managed_code(ActionSpace space)
    {
        using var session = PolicySession.Open(Support.Policies.Onnx(space));

        Assert.That(session.Engine, Is.EqualTo(PolicyEngine.Managed));
    }

    [TestCaseSource(typeof(MaskedRows), nameof(MaskedRows.Spaces))]
    public void Masked_perceptrons_run_in_managed_code(ActionSpace space)
    {
        using var session = PolicySession.Open(MaskedRows.Onnx(space));

        Assert.That(session.Engine, Is.EqualTo(PolicyEngine.Managed));
    }

    [Test]
    public void Any_other_graph_runs_in_onnx_runtime_with_the_same_results()
    {
        var onnx = LiteralPolicies.Elementwise("Softsign");
        using var session = PolicySession.Open(onnx);
        using var batch = session.CreateBatch(1);
        new float[] { 1, -3, 0, 1 }.CopyTo(batch.Observation(0));
        batch.Run(1);

        Assert.That(session.Engine, Is.EqualTo(PolicyEngine.OnnxRuntime));
        Assert.That(batch.Score(0).ToArray(), Is.EqualTo(new[] { 0.5f, -0.75f, 0, 0.5f }));
        Assert.That(Policy.TryOpen(onnx, out var policy), Is.False);
        Assert.That(policy, Is.Null);
        Assert.That(() => Policy.Open(onnx), Throws.TypeOf<UnsupportedGraphException>().With.Message.Contains("The node 'score' (Softsign) is of an operator that is not known").And.Message.Contains("PolicySession"));
    }

    [Test]
    public void What_an_owner_disposed_throws_whichever_engine_runs_it([Values] PolicyEngine engine)
    {
        using var session = PolicySession.Open(engine == PolicyEngine.Managed ? LiteralPolicies.Elementwise("Tanh") : LiteralPolicies.Elementwise("Softsign"));
        using var shared = session.Share();
        using var batch = session.CreateBatch(1);
        using var other = shared.CreateBatch(1);
        session.Dispose();

        Assert.That(session.Engine, Is.EqualTo(engine));
        Assert.That(() => batch.Run(1), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => session.CreateBatch(1), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => session.Share(), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => other.Run(1), Throws.Nothing);
        other.Dispose();
        Assert.That(() => other.Run(1), Throws.TypeOf<ObjectDisposedException>());
    }
}
