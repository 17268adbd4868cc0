using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;

namespace Trpo.Examples.Inventory;

/// <summary>
/// A shop that orders one product every morning. An order reaches the shelf two mornings later; units that do not fit are lost, and so are sales
/// without stock. Demand depends on the weekday, on the season, and on the present popularity of the product, which only the demand of the last days
/// shows. The reward is the profit of the day in tens of euros.
/// </summary>
internal sealed class InventoryEnvironment : IEnvironment, ICheckpointable
{
    /// <summary>The number of days of an episode. The shop does not end, so that episodes are truncated.</summary>
    public const int Days = 56;

    /// <summary>The number of units in a box; orders are whole boxes.</summary>
    public const int BoxSize = 10;

    /// <summary>The indices of the columns in an observation; the demand of the last seven days follows them.</summary>
    public const int Weekday = 0;
    public const int Season = 1;
    public const int Stock = 2;
    public const int Arriving = 3;
    private const int RecentDemand = 4;

    private const int Shelf = 60;
    private const double Price = 0.5;
    private const double UnitCost = 0.3;
    private const double DeliveryCost = 1.5;
    private const double HoldingCost = 0.015;
    private const double LostSaleCost = 0.2;

    // The autocorrelation of the logarithm of the popularity from day to day, and the standard deviation of its noise.
    private const double Persistence = 0.9;
    private const double Variation = 0.15;

    private static readonly double[] MeanDemand = [4, 4, 5, 7, 13, 18, 1];
    private static readonly double[] SeasonFactor = [0.7, 1.3];

    private readonly float[] _recentDemand = new float[7];
    private RandomSource _random = new(0);
    private int _weekday;
    private int _season;
    private int _stock;
    private int _arriving;
    private double _popularity;

    public string Name => "Inventory";

    public ObservationSpace ObservationSpace { get; } = ObservationSpace.OfColumns(
        ObservationColumn.Text("Weekday", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
        ObservationColumn.Key("Season", "low", "high"),
        ObservationColumn.Number("Stock", low: 0, high: Shelf),
        ObservationColumn.Number("Arriving", low: 0),
        ObservationColumn.Vector("Demand", length: 7, low: 0, high: float.PositiveInfinity, "1 day ago", "2 days ago", "3 days ago", "4 days ago", "5 days ago", "6 days ago", "7 days ago"));

    public ActionSpace ActionSpace { get; } = ActionSpace.Discrete("nothing", "1 box", "2 boxes", "3 boxes", "4 boxes", "5 boxes");

    public void Reset(int? seed, Span<float> observation)
    {
        if (seed is { } value)
            _random = new RandomSource((ulong)value);
        _weekday = _random.NextInt(7);
        _season = _random.NextInt(2);
        _stock = _random.NextInt(Shelf / 2);
        _arriving = 0;
        _popularity = Variation / Math.Sqrt(1 - (Persistence * Persistence)) * _random.NextGaussian();

        // The demand of the week before the episode, at the popularity of today.
        for (var daysAgo = 1; daysAgo <= 7; daysAgo++)
            _recentDemand[daysAgo - 1] = Demand((_weekday + 7 - daysAgo) % 7);
        Observe(observation);
    }

    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        var ordered = action.Index * BoxSize;
        var demand = Demand(_weekday);
        var sold = Math.Min(demand, _stock);
        _stock -= sold;
        var profit = (Price * sold) - (UnitCost * ordered) - (ordered > 0 ? DeliveryCost : 0) - (HoldingCost * _stock) - (LostSaleCost * (demand - sold));

        // The next morning: yesterday's order is delivered.
        _stock = Math.Min(_stock + _arriving, Shelf);
        _arriving = ordered;
        _weekday = (_weekday + 1) % 7;
        _popularity = (Persistence * _popularity) + (Variation * _random.NextGaussian());
        _recentDemand.AsSpan(0, 6).CopyTo(_recentDemand.AsSpan(1));
        _recentDemand[0] = demand;
        Observe(observation);
        return new StepResult(profit);
    }

    public void SaveState(BinaryWriter writer)
    {
        _random.SaveState(writer);
        foreach (var number in (ReadOnlySpan<int>)[_weekday, _season, _stock, _arriving])
            writer.Write(number);
        writer.Write(_popularity);
        foreach (var demand in _recentDemand)
            writer.Write(demand);
    }

    public void RestoreState(BinaryReader reader)
    {
        _random.RestoreState(reader);
        (_weekday, _season, _stock, _arriving) = (reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32());
        _popularity = reader.ReadDouble();
        for (var i = 0; i < _recentDemand.Length; i++)
            _recentDemand[i] = reader.ReadSingle();
    }

    // An observation holds the index of a category.
    private void Observe(Span<float> observation)
    {
        observation[Weekday] = _weekday;
        observation[Season] = _season;
        observation[Stock] = _stock;
        observation[Arriving] = _arriving;
        _recentDemand.CopyTo(observation[RecentDemand..]);
    }

    // A Poisson variate (Knuth's product of uniform variates).
    private int Demand(int weekday)
    {
        var limit = Math.Exp(-MeanDemand[weekday] * SeasonFactor[_season] * Math.Exp(_popularity));
        var count = 0;
        for (var product = _random.NextDouble(); product > limit; product *= _random.NextDouble())
            count++;
        return count;
    }
}
