using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Distributions;

/// <summary>
/// The units in which a policy computes the actions of a box: a bounded dimension is [-1, 1] for it, whatever its bounds are, so that one initial network
/// and one initial deviation suit all bounds. A dimension without one of its bounds has the units of the action.
/// </summary>
internal sealed class ActionUnits
{
    private readonly double[] _centers;
    private readonly double[] _scales;
    private readonly double[] _logScales;

    private ActionUnits(double[] centers, double[] scales)
    {
        _centers = centers;
        _scales = scales;
        _logScales = [.. scales.Select(scale => Math.Log(scale))];
        LogVolume = _logScales.Sum();
        IsIdentity = scales.All(scale => scale == 1) && centers.All(center => center == 0);
    }

    /// <summary>True if both units are the same in all dimensions.</summary>
    public bool IsIdentity { get; }

    /// <summary>The sum of the logarithms of the scales: the entropy, in nats, that a density gains by the change from the policy's units to those of the action.</summary>
    public double LogVolume { get; }

    /// <summary>The units of the action themselves.</summary>
    public static ActionUnits Same(BoxActionSpace space) => new(new double[space.Length], [.. Enumerable.Repeat(1.0, space.Length)]);

    /// <summary>The units in which bounded dimensions are [-1, 1].</summary>
    public static ActionUnits OfBounds(BoxActionSpace space)
    {
        var (centers, scales) = (new double[space.Length], new double[space.Length]);
        for (var i = 0; i < space.Length; i++)
        {
            scales[i] = space.HalfWidth(i);
            centers[i] = space.IsBounded(i) ? space.Low[i] + scales[i] : 0;
        }

        return new ActionUnits(centers, scales);
    }

    /// <summary>The value of a dimension in the action's units that is 0 in the policy's.</summary>
    public double Center(int dimension) => _centers[dimension];

    /// <summary>The length of the policy's unit in those of the action.</summary>
    public double Scale(int dimension) => _scales[dimension];

    /// <summary>The logarithm of <see cref="Scale"/>.</summary>
    public double LogScale(int dimension) => _logScales[dimension];

    /// <summary>Converts a value from the policy's units to those of the action.</summary>
    public double ToAction(double value, int dimension) => _centers[dimension] + (_scales[dimension] * value);

    /// <summary>Converts a value from the action's units to those of the policy.</summary>
    public double FromAction(double value, int dimension) => (value - _centers[dimension]) / _scales[dimension];
}
