using Microsoft.ML.Data;
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
    private ulong _drawn;

    /// <param name="distribution">The distribution.</param>
    /// <param name="capacity">The maximum number of rows.</param>
    /// <param name="length">The length of an action, <c>k</c>.</param>
    /// <param name="seed">The seed; null for another one each time.</param>
    public ActionDraws(ScoredDistribution distribution, int capacity, int length, int? seed)
    {
        _distribution = distribution;
        _seed = (ulong)(seed ?? Random.Shared.NextInt64());
        _random = new RandomSource(_seed);
        _draws = new float[checked(capacity * length)];
        _length = length;
    }

    /// <summary>The action that was drawn for a row, <c>[k]</c>, before it is clipped to bounds.</summary>
    public Span<float> this[int row] => _draws.AsSpan(row * _length, _length);

    /// <summary>Draws an action for a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="id">The id of the row, which the draw depends on beside the seed; null for the number of draws before.</param>
    /// <param name="score">The row's score, <c>[ScoreLength]</c>.</param>
    /// <param name="logStandardDeviation">The logarithms of the row's standard deviations, <c>[k]</c>, for a box; otherwise empty.</param>
    public void Draw(int row, DataViewRowId? id, ReadOnlySpan<float> score, ReadOnlySpan<float> logStandardDeviation)
    {
        var (high, low) = id is { } given ? (given.High, given.Low) : (0UL, _drawn++);
        _random.Reseed(_seed, high, low);
        _distribution.Draw(score, logStandardDeviation, _random, this[row]);
    }
}
