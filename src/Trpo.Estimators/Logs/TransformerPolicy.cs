using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Onnx;
using Trpo.Runtime.Sampling;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Logs;

/// <summary>A trained policy with the transforms in front of it.</summary>
internal sealed class TransformerPolicy : ILogPolicy
{
    // A log may have the usual names of a policy's outputs, which would hide its own columns.
    private const string ActionColumn = "Trpo.Logs.Action";
    private const string ScoreColumn = "Trpo.Logs.Score";

    private readonly PolicyChain _chain;
    private readonly PolicyTransformer _policy;
    private readonly DiscreteActionSpace _actions;
    private readonly bool _isSampled;
    private readonly double _floor;
    private readonly bool _readsMask;

    /// <param name="model">The policy, or a chain with the policy in it.</param>
    /// <param name="selection">The selection of actions; null for the policy's own.</param>
    /// <exception cref="ArgumentException">The model has no policy, or one whose actions are no choice.</exception>
    public TransformerPolicy(ITransformer model, ActionSelection? selection)
    {
        _chain = PolicyChain.FromModel(model);
        _actions = _chain.Policy.Metadata.Actions as DiscreteActionSpace
            ?? throw new ArgumentException($"The policy's actions are {_chain.Policy.Metadata.Actions}: a log tells the worth of policies that choose one of several actions.", nameof(model));
        selection ??= _chain.Policy.Selection;
        (_isSampled, _floor) = (selection.IsSampled, selection.Floor);
        _readsMask = _floor > 0 && _chain.Policy.Metadata.HasActionMask;
        _policy = _chain.Policy.With(ActionSelection.Mode, new PolicyColumns(_chain.Policy.Columns.Observation, ActionColumn, ScoreColumn));
    }

    /// <inheritdoc/>
    public DiscreteActionSpace? Actions => _actions;

    /// <inheritdoc/>
    public string? Observation => _policy.Columns.Observation;

    /// <inheritdoc/>
    public IDataView Transform(IDataView view) => _policy.Transform(_chain.Preprocess(view));

    /// <inheritdoc/>
    public IEnumerable<DataViewSchema.Column> GetColumns(DataViewSchema schema)
    {
        yield return schema[_isSampled ? ScoreColumn : ActionColumn];
        if (_readsMask)
            yield return schema[_policy.Columns.Observation];
    }

    /// <inheritdoc/>
    public Func<ReadOnlyMemory<double>> Open(LogReader reader)
    {
        var probabilities = new double[_actions.Count];
        if (_isSampled)
        {
            var scores = reader.Cursor.GetGetter<VBuffer<float>>(reader.Cursor.Schema[ScoreColumn]);
            var observations = _readsMask ? reader.Cursor.GetGetter<VBuffer<float>>(reader.Cursor.Schema[_policy.Columns.Observation]) : null;
            VBuffer<float> buffer = default, observation = default;
            var score = new float[_actions.Count];
            var dense = new float[_readsMask ? _policy.Metadata.Observations.Length : 0];
            return () =>
            {
                scores(ref buffer);
                buffer.CopyTo(score);
                if (observations is not null)
                {
                    observations(ref observation);
                    observation.CopyTo(dense);
                }

                if (_floor > 0)
                    ExplorationFloor.Mix(_policy.Metadata, _floor, dense, score, score);
                for (var action = 0; action < score.Length; action++)
                    probabilities[action] = score[action];
                return probabilities;
            };
        }

        var actions = reader.Cursor.GetGetter<uint>(reader.Cursor.Schema[ActionColumn]);
        return () =>
        {
            uint key = 0;
            actions(ref key);
            Array.Clear(probabilities);

            // A missing action has key 0, and leaves a sum of 0, which is refused.
            if (key > 0)
                probabilities[key - 1] = 1;
            return probabilities;
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _policy.Dispose();
}
