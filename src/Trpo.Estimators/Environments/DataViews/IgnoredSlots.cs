using System.Numerics.Tensors;

namespace Trpo.Estimators.Environments.DataViews;

/// <summary>
/// Search for the slots of an observation that vary in the environment and are constant behind the transforms. A normalizer that was fitted on rows in which a slot
/// is constant may give it the scale 0 for good.
/// </summary>
/// <param name="length">The number of values of an observation, in front of the transforms and behind them; slots correspond by their index.</param>
internal sealed class IgnoredSlots(int length)
{
    private readonly SlotRanges _raw = new(length);
    private readonly SlotRanges _transformed = new(length);

    /// <summary>Includes an observation. Allocates nothing.</summary>
    /// <param name="raw">The observation in front of the transforms.</param>
    /// <param name="transformed">The observation behind them.</param>
    public void Add(ReadOnlySpan<float> raw, ReadOnlySpan<float> transformed)
    {
        _raw.Add(raw);
        _transformed.Add(transformed);
    }

    /// <summary>Returns the ranges of all slots, for another process: minima and maxima in front of the transforms, then those behind them.</summary>
    public float[] GetRanges() => [.. _raw.GetRanges(), .. _transformed.GetRanges()];

    /// <summary>Includes the observations of a search in another process.</summary>
    /// <param name="ranges">Its <see cref="GetRanges"/>; of another length, as of a process without a search, they are left out.</param>
    public void Add(ReadOnlySpan<float> ranges)
    {
        if (ranges.Length != 4 * length)
            return;
        _raw.Add(ranges[..length], ranges[length..(2 * length)]);
        _transformed.Add(ranges[(2 * length)..(3 * length)], ranges[(3 * length)..]);
    }

    /// <summary>Merges the observations of several searches.</summary>
    /// <param name="parts">The searches, at least one, over observations of one length.</param>
    public static IgnoredSlots Merge(IReadOnlyList<IgnoredSlots> parts)
    {
        var merged = new IgnoredSlots(parts[0].Length);
        foreach (var part in parts)
        {
            merged._raw.Add(part._raw);
            merged._transformed.Add(part._transformed);
        }

        return merged;
    }

    private int Length => length;

    /// <summary>Returns the ignored slots, each with its range in front of the transforms.</summary>
    public IReadOnlyList<(int Slot, float Min, float Max)> Find() =>
        [.. Enumerable.Range(0, length).Where(slot => _raw.Varies(slot) && !_transformed.Varies(slot)).Select(slot => (slot, _raw.Min(slot), _raw.Max(slot)))];

    private sealed class SlotRanges
    {
        private readonly float[] _min;
        private readonly float[] _max;

        public SlotRanges(int length)
        {
            (_min, _max) = (new float[length], new float[length]);
            Array.Fill(_min, float.PositiveInfinity);
            Array.Fill(_max, float.NegativeInfinity);
        }

        public void Add(ReadOnlySpan<float> values) => Add(values, values);

        public void Add(SlotRanges other) => Add(other._min, other._max);

        public void Add(ReadOnlySpan<float> min, ReadOnlySpan<float> max)
        {
            TensorPrimitives.Min(_min, min, _min);
            TensorPrimitives.Max(_max, max, _max);
        }

        public float[] GetRanges() => [.. _min, .. _max];

        public float Min(int slot) => _min[slot];

        public float Max(int slot) => _max[slot];

        public bool Varies(int slot) => _min[slot] < _max[slot];
    }
}
