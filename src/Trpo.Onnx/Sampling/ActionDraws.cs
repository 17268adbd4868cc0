using Microsoft.ML.Data;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Sampling;

namespace Trpo.Onnx.Sampling;

/// <summary>Memory for the actions of a number of rows, each drawn from a random sequence of its own.</summary>
internal sealed class ActionDraws
{
    private readonly ScoredDistribution _distribution;
    private readonly RandomSource _random;
    private readonly ulong _seed;
    private readonly float[] _draws;
    private readonly int _length;
    private readonly PolicyMetadata _metadata;
    private readonly double _floor;
    private readonly int _scoreLength;

    // The mixtures of the rows, kept because the caller may change the observations, and with them the masks, behind a run.
    private readonly float[] _mixed;
    private ulong _drawn;

    /// <param name="distribution">The distribution.</param>
    /// <param name="metadata">The description of the policy.</param>
    /// <param name="capacity">The maximum number of rows.</param>
    /// <param name="seed">The seed; null for another one each time.</param>
    /// <param name="floor">The share of the uniform distribution, from 0 to 1.</param>
    public ActionDraws(ScoredDistribution distribution, PolicyMetadata metadata, int capacity, int? seed, double floor)
    {
        _distribution = distribution;
        _metadata = metadata;
        _floor = floor;
        _seed = (ulong)(seed ?? Random.Shared.NextInt64());
        _random = new RandomSource(_seed);
        _length = metadata.Actions.Length;
        _draws = new float[checked(capacity * _length)];
        _scoreLength = metadata.Actions.ScoreLength;
        _mixed = _floor > 0 ? new float[checked(capacity * _scoreLength)] : [];
    }

    /// <summary>The action that was drawn for a row, <c>[k]</c>, before it is clipped to bounds.</summary>
    public Span<float> this[int row] => _draws.AsSpan(row * _length, _length);

    /// <summary>Returns the probabilities, <c>[ScoreLength]</c>, by which the action of a row was drawn: the mixture with the uniform ones, if there is a floor.</summary>
    /// <param name="row">The row.</param>
    /// <param name="score">The row's score, <c>[ScoreLength]</c>.</param>
    public ReadOnlySpan<float> Probabilities(int row, ReadOnlySpan<float> score) => _floor > 0 ? _mixed.AsSpan(row * _scoreLength, _scoreLength) : score;

    /// <summary>Draws an action for a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="id">The id of the row, which the draw depends on beside the seed; null for the number of draws before.</param>
    /// <param name="observation">The row's observation, <c>[d]</c>; empty if the policy takes raw columns.</param>
    /// <param name="score">The row's score, <c>[ScoreLength]</c>.</param>
    /// <param name="logStandardDeviation">The logarithms of the row's standard deviations, <c>[k]</c>, for a box; otherwise empty.</param>
    public void Draw(int row, DataViewRowId? id, ReadOnlySpan<float> observation, ReadOnlySpan<float> score, ReadOnlySpan<float> logStandardDeviation)
    {
        var (high, low) = id is { } given ? (given.High, given.Low) : (0UL, _drawn++);
        _random.Reseed(_seed, high, low);
        if (_floor > 0)
            ExplorationFloor.Mix(_metadata, _floor, observation, score, _mixed.AsSpan(row * _scoreLength, _scoreLength));
        _distribution.Draw(Probabilities(row, score), logStandardDeviation, _random, this[row]);
    }
}
