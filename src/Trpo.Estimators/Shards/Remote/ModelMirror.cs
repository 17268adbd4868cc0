using Trpo.Estimators.Baselines;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Policies;

namespace Trpo.Estimators.Shards.Remote;

/// <summary>The policy and the value function of the training itself, which the copies of all workers equal between two updates. Their state is captured for blocks that begin anew.</summary>
/// <param name="policy">The policy.</param>
/// <param name="values">The value function: the built-in network, or a baseline, of which workers have no copy.</param>
internal sealed class ModelMirror(StochasticPolicy policy, IValueFunction values)
{
    private readonly object _gate = new();
    private byte[]? _state;

    /// <summary>Gets the policy.</summary>
    public StochasticPolicy Policy => policy;

    /// <summary>Gets the value function.</summary>
    public IValueFunction Values => values;

    /// <summary>Gets the value function, where it is the built-in network.</summary>
    /// <exception cref="InvalidOperationException">It is a baseline.</exception>
    public ValueNetwork ValueNetwork => values as ValueNetwork ?? throw new InvalidOperationException("A baseline has no trust-region problem.");

    /// <summary>Notes that a model changes.</summary>
    public void Invalidate()
    {
        lock (_gate)
            _state = null;
    }

    /// <summary>Returns the state of both. Called while none changes; the blocks of one time share the bytes.</summary>
    public byte[] Capture()
    {
        lock (_gate)
        {
            return _state ??= MessageFormat.Write(writer =>
            {
                NestedState.Save(writer, policy.SaveState);
                if (values is ValueNetwork network)
                    NestedState.Save(writer, network.SaveState);
            });
        }
    }

    /// <summary>Restores a captured state.</summary>
    /// <exception cref="InvalidDataException">The bytes are no such state.</exception>
    public static void Restore(byte[] state, StochasticPolicy policy, IValueFunction values)
    {
        using var reader = MessageFormat.Open(state);
        NestedState.Restore(reader, "bytes of the policy", policy.RestoreState);
        if (values is ValueNetwork network)
            NestedState.Restore(reader, "bytes of the value function", network.RestoreState);
    }
}
