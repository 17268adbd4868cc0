using System.Text;
using Trpo.Estimators;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Onnx.Files;
using Trpo.Tests.Support;

namespace Trpo.Tests.Checkpoints;

/// <summary>Checkpoints with a right digest and wrong evaluations: each is refused by name.</summary>
public sealed class EvaluationStateTests
{
    private const string Evaluations = "evaluations";
    private const string Unevaluated = "iteration to be evaluated";

    private static readonly TrpoOptions Small = new() { TotalSteps = 1_200, StepsPerIteration = 150, HiddenLayers = [8], Seed = 3, NormalizeObservations = true, Evaluation = new() { Every = 300, Episodes = 3, KeepBest = true } };

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeTheFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteTheFolder() => _folder.Dispose();

    private static IEnumerable<TestCaseData> Wrong()
    {
        yield return Case("last step beyond the training", history => history with { LastSteps = int.MaxValue }, "the last one follows 2147483647 steps, but the training made 600");
        yield return Case("last step below 0", history => history with { LastSteps = -1 }, "The step of the last evaluation is -1; it must be from 0");
        yield return Case("best return NaN", history => history with { BestReturn = double.NaN }, "a mean return of NaN at step 300, contradicts what is kept of it");
        yield return Case("best return NaN of no step", history => history with { BestReturn = double.NaN, BestSteps = 0, Best = [] }, "a mean return of NaN at step 0, contradicts");
        yield return Case("best return infinite", history => history with { BestReturn = double.PositiveInfinity }, "The best mean return is Infinity; it must be finite");
        yield return Case("best step 0", history => history with { BestSteps = 0 }, "contradicts what is kept of it");
        yield return Case("best step beyond the last", history => history with { BestSteps = 601 }, "the best one follows 601 steps, but the last one 300");
        yield return Case("a huge count", history => history with { WithoutImprovement = int.MaxValue }, "2147483647 followed the best one, but the training made 4 iterations");
        yield return Case("a negative count", history => history with { WithoutImprovement = -1 }, "The number of evaluations since the best is -1");
        yield return Case("no best policy", history => history with { Best = [] }, "contradicts what is kept of it");
        yield return Case("a best policy that ends early", history => history with { Best = history.Best[..^4] }, "The best policy is damaged, or of another network: ");
        yield return Case("a best policy with more behind it", history => history with { Best = [.. history.Best, 0, 0, 0, 0] }, "4 of the ");
        yield return Case("a best policy with a parameter that is NaN", history => history with { Best = WithDouble(history.Best, sizeof(int), double.NaN) }, "NaN is among the parameters of the policy");
        yield return Case("a best policy of another length", history => history with { Best = [.. BitConverter.GetBytes(int.MaxValue), .. history.Best[4..]] }, "There are 2147483647 parameters of the policy, where ");
    }

    private static TestCaseData Case(string name, Func<History, History> change, string message) => new TestCaseData(change, message).SetArgDisplayNames(name);

    [TestCaseSource(nameof(Wrong))]
    public void A_wrong_history_is_refused_by_name(object change, string message)
    {
        var states = Written();
        states[Evaluations] = ((Func<History, History>)change)(History.Of(states[Evaluations])).ToArray();

        Assert.That(Resume(states), Does.Contain(Evaluations).And.Contain(message));
    }

    [Test]
    public void Bytes_that_are_not_a_history_are_refused()
    {
        var states = Written();
        var state = states[Evaluations];
        var huge = state.ToArray();
        BitConverter.TryWriteBytes(huge.AsSpan(20), int.MaxValue);
        string Refused(byte[] bytes) => Resume(new(states) { [Evaluations] = bytes });

        Assert.That(Refused(huge), Does.Contain("the evaluations cannot be restored. There cannot be 2147483647 bytes of the best policy."));
        Assert.That(Refused([]), Does.Contain("the evaluations cannot be restored"));
        Assert.That(Refused(state[..18]), Does.Contain("the evaluations cannot be restored"));
        Assert.That(Refused([.. state, 1]), Does.Contain("1 of the ").And.Contain("bytes of the evaluations are left over"));
        states.Remove(Evaluations);
        Assert.That(Resume(states), Does.Contain("The checkpoint has no evaluations."));
    }

    [Test]
    public void The_best_policy_of_another_network_is_refused()
    {
        var other = Written(Small with { HiddenLayers = [4] });
        var states = Written();
        states[Evaluations] = (History.Of(states[Evaluations]) with { Best = History.Of(other[Evaluations]).Best }).ToArray();

        Assert.That(Resume(states), Does.Contain("The best policy is damaged, or of another network: There are 30 parameters of the policy, where 58 are expected."));
    }

    [TestCase("no text", "the iteration to be evaluated cannot be restored. 'no text' is an invalid JSON literal.")]
    [TestCase("null", "no number from 1")]
    [TestCase("{}", "Iteration")]
    [TestCase("\"Iteration\":3", "iteration 3, after 300 steps, was not evaluated, but the training made 2 iterations of 300 steps")]
    [TestCase("\"Steps\":2000000000", "iteration 2, after 2000000000 steps, was not evaluated, but the training made 2 iterations of 300 steps")]
    [TestCase("\"Returns\":null", "Returns")]
    [TestCase("\"Unknown\":1", "Unknown")]
    public void A_wrong_iteration_that_is_to_be_reported_again_is_refused(string change, string message)
    {
        // The evaluation is stopped in its first step.
        var states = Written(cancelAfter: 303);
        var text = new BinaryReader(new MemoryStream(states[Unevaluated])).ReadString();
        var key = change.Split(':')[0];
        var start = text.IndexOf(key + ":", StringComparison.Ordinal);
        var changed = !change.Contains(':', StringComparison.Ordinal) ? change
            : start < 0 ? "{" + change + "," + text[1..]
            : text[..start] + change + text[(key == "\"Returns\"" ? text.IndexOf(']', start) + 1 : text.IndexOf(',', start))..];
        using var stream = new MemoryStream();
        new BinaryWriter(stream, Encoding.UTF8).Write(changed);
        states[Unevaluated] = stream.ToArray();

        Assert.That(Resume(states), Does.Contain(message).And.Contain("evaluat"));
    }

    // The states of the checkpoint of a training that was cancelled after its first evaluation, or within it.
    private Dictionary<string, byte[]> Written(TrpoOptions? options = null, int cancelAfter = 900)
    {
        var folder = _folder.PathOf($"written {options?.HiddenLayers[0]}");
        var cancelled = new ResumedTraining(() => new CartPole(), options ?? Small).Piece(folder, cancelAfter);
        if (cancelAfter == 900)
            Assume.That(cancelled.Iterations.Count(iteration => iteration.Evaluation is not null), Is.GreaterThan(0));
        var content = CheckpointFile.Read(Directory.GetFiles(folder, "*.checkpoint").Order(StringComparer.Ordinal).Last());
        using var reader = new BinaryReader(new MemoryStream(content.ToArray()), Encoding.UTF8);
        var states = new Dictionary<string, byte[]>();
        for (var left = reader.ReadInt32(); left > 0; left--)
            states.Add(reader.ReadString(), reader.ReadBytes(reader.ReadInt32()));
        return states;
    }

    // Returns the message of the refusal. Another type of exception fails the test.
    private string Resume(Dictionary<string, byte[]> states)
    {
        var folder = _folder.PathOf("changed");
        Directory.CreateDirectory(folder);
        var content = new CheckpointContent();
        foreach (var (name, state) in states)
            content.Add(name, writer => writer.Write(state));
        CheckpointFile.Write(DiskFileSystem.Instance, Path.Combine(folder, "00000001.checkpoint"), content);
        var exception = Assert.Throws<CheckpointException>(() => new ResumedTraining(() => new CartPole(), Small).Piece(folder))!;
        Directory.Delete(folder, recursive: true);
        return exception.Message;
    }

    private static byte[] WithDouble(byte[] bytes, int at, double value)
    {
        var changed = bytes.ToArray();
        BitConverter.TryWriteBytes(changed.AsSpan(at), value);
        return changed;
    }

    private sealed record History(int LastSteps, double BestReturn, int BestSteps, int WithoutImprovement, byte[] Best)
    {
        public static History Of(byte[] state)
        {
            using var reader = new BinaryReader(new MemoryStream(state));
            return new History(reader.ReadInt32(), reader.ReadDouble(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadBytes(reader.ReadInt32()));
        }

        public byte[] ToArray()
        {
            using var stream = new MemoryStream();
            using var writer = new BinaryWriter(stream);
            writer.Write(LastSteps);
            writer.Write(BestReturn);
            writer.Write(BestSteps);
            writer.Write(WithoutImprovement);
            writer.Write(Best.Length);
            writer.Write(Best);
            writer.Flush();
            return stream.ToArray();
        }
    }
}
