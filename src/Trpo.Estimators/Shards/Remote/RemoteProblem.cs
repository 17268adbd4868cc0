using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Optimization;

namespace Trpo.Estimators.Shards.Remote;

/// <summary>The share of a block of shards in a trust-region problem, computed by its worker.</summary>
/// <param name="session">The session with the worker.</param>
/// <param name="kind">The problem.</param>
/// <param name="model">The training's own copy of the model.</param>
/// <param name="keepsModel">True for the first block, which changes that copy too.</param>
/// <param name="rows">The number of rows.</param>
/// <param name="fisherRows">The number of rows that Fisher products are computed on.</param>
internal sealed class RemoteProblem(WorkerSession session, ProblemKind kind, IModelParameters model, Action? keepsModel, int rows, int fisherRows) : IPartialProblem
{
    // The sums at the present parameters; null where they are not known.
    private TrialSums? _trial;

    public int Length => model.Length;

    public int Rows => rows;

    public int FisherRows => fisherRows;

    public void CopyTo(Span<double> parameters) => model.CopyTo(parameters);

    public void Assign(ReadOnlySpan<double> parameters)
    {
        if (keepsModel is not null)
        {
            keepsModel();
            model.Assign(parameters);
        }

        _trial = null;
        var values = parameters.ToArray();
        session.Post(Operation(ShardOperation.Assign, writer => writer.WriteParameters(values, model.IsSingle), sizeof(float) * values.Length));
    }

    public LinearizationSums Linearize()
    {
        var operation = Operation(ShardOperation.Linearize);
        if (_trial is not { } trial || kind != ProblemKind.ValueFunction)
            return Value<LinearizationSums>(session.Call(operation));

        // The last trial computed the sum of squared errors at these parameters.
        session.Post(operation);
        return new LinearizationSums(trial.Objective, Entropy: 0);
    }

    public LinearizationSums Linearize(double divisor, Span<double> gradient)
    {
        using var reader = MessageFormat.Open(session.Call(Operation(ShardOperation.LinearizeWithGradient, writer => writer.Write(divisor))));
        var sums = reader.ReadValue<LinearizationSums>();
        reader.ReadSpan(gradient, "elements of a gradient");
        return sums;
    }

    public SampledRows TakeSample()
    {
        using var reader = MessageFormat.Open(session.Call(Operation(ShardOperation.TakeSample), changesState: false));
        return new SampledRows(reader.ReadArray<float>("values of observations"), reader.ReadArray<double>("values of actions"), fisherRows);
    }

    public void Gradient(double divisor, Span<double> gradient) =>
        CopyVector(session.Call(Operation(ShardOperation.Gradient, writer => writer.Write(divisor))), gradient);

    public void FisherProduct(ReadOnlySpan<double> vector, double divisor, Span<double> product)
    {
        var values = vector.ToArray();
        var operation = Operation(ShardOperation.FisherProduct, writer => Write(writer, values, divisor), sizeof(double) * values.Length);
        CopyVector(session.Call(operation, changesState: false), product);
    }

    public TrialSums Evaluate()
    {
        var trial = Value<TrialSums>(session.Call(Operation(ShardOperation.Evaluate)));
        _trial = trial;
        return trial;
    }

    public string? FindNonFinite()
    {
        using var reader = MessageFormat.Open(session.Call(Operation(ShardOperation.FindNonFinite), changesState: false));
        return reader.ReadBoolean() ? reader.ReadString() : null;
    }

    public string NameOf(int index) => model.NameOf(index);

    private static void Write(BinaryWriter writer, double[] vector, double divisor)
    {
        writer.Write(divisor);
        writer.WriteSpan<double>(vector);
    }

    private byte[] Operation(ShardOperation operation, Action<BinaryWriter>? write = null, int length = 0) => MessageFormat.Write(
        writer =>
        {
            writer.Write((byte)operation);
            writer.Write((byte)kind);
            write?.Invoke(writer);
        },
        length + 16);

    private static T Value<T>(byte[] answer) where T : unmanaged
    {
        using var reader = MessageFormat.Open(answer);
        return reader.ReadValue<T>();
    }

    private static void CopyVector(byte[] answer, Span<double> vector)
    {
        using var reader = MessageFormat.Open(answer);
        reader.ReadSpan(vector, "elements of a vector");
    }
}
