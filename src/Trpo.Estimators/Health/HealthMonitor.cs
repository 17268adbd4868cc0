using System.Globalization;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Optimization;

namespace Trpo.Estimators.Health;

/// <summary>A monitor of the iterations of a training, which detects that training has diverged.</summary>
/// <param name="options">The conditions.</param>
/// <param name="continuousDimensions">The number of dimensions of continuous actions; 0 where actions are choices.</param>
internal sealed class HealthMonitor(HealthOptions options, int continuousDimensions) : ICheckpointable
{
    /// <summary>The number of iterations that a collapse must last.</summary>
    public const int CollapseIterations = 10;

    /// <summary>The number of the last episodes that are compared with as many of the first.</summary>
    public const int ComparedEpisodes = 20;

    /// <summary>The number of iterations whose episodes count as the first. Later ones may be those of a policy that has learned already.</summary>
    public const int FirstIterations = 10;

    private const int MinFirstEpisodes = 5;

    // Far above the entropy of any policy, in nats.
    private const double MaxEntropy = 1e100;

    private readonly int[] _rejections = new int[Enum.GetValues<TrustRegionOutcome>().Length];
    private readonly List<double> _firstReturns = [];
    private readonly Queue<double> _lastReturns = [];
    private double _firstEntropy = double.NaN;
    private double _spread = 1;
    private int _collapsed;
    private int _iterations;
    private bool _justRejected;

    /// <summary>Gets the number of updates in a row, up to the last, that were rejected.</summary>
    public int RejectedInARow => _rejections.Sum();

    /// <summary>True if nothing hints at divergence.</summary>
    public bool IsHealthy => RejectedInARow == 0 && _collapsed == 0;

    /// <summary>Gets the reason why training has diverged, and a remedy, as the end of a sentence; null if it has not.</summary>
    public string? Diagnosis
    {
        get
        {
            // A converged policy also gets its updates rejected, so that alone is no divergence.
            if (RejectedInARow >= options.MaxRejectedUpdates && !HasImproved)
                return $"{RejectedInARow} updates of the policy in a row were rejected ({Rejections()}), and returns are no better than the first. Raise TrustRegion.Damping or StepsPerIteration, and check that the value function explains the returns. (HealthOptions.MaxRejectedUpdates sets the number.)";
            return _collapsed < CollapseIterations ? null : string.Create(CultureInfo.InvariantCulture,
                $"the policy has collapsed: its {(continuousDimensions > 0 ? "standard deviation" : "entropy")} has been below {100 * options.EntropyCollapse:G3} % of its first for {_collapsed} iterations ({100 * _spread:G3} % now), but the returns of the last {ComparedEpisodes} episodes, {_lastReturns.Average():G5} on average, are no better than those of the first, {_firstReturns.Average():G5}. Set EntropyBonus, lower TrustRegion.MaxKl, or raise InitialLogStandardDeviation where actions are continuous. (HealthOptions.EntropyCollapse sets the share.)");
        }
    }

    /// <summary>Gets a warning about this iteration that does not end training; null if there is none.</summary>
    public string? Warning => _justRejected && RejectedInARow == options.MaxRejectedUpdates && HasImproved
        ? $"{RejectedInARow} updates of the policy in a row were rejected ({Rejections()}): the policy has either converged, or no step improves it any more."
        : null;

    // False as long as there are too few episodes to compare.
    private bool HasImproved => IsComparable && _lastReturns.Average() > _firstReturns.Average();

    private bool IsComparable => _firstReturns.Count >= MinFirstEpisodes && _lastReturns.Count == ComparedEpisodes;

    /// <summary>Observes an iteration.</summary>
    /// <param name="outcome">The outcome of the update.</param>
    /// <param name="entropy">The mean entropy of the policy, in nats; NaN if it is not known.</param>
    /// <param name="returns">The returns of the episodes that ended.</param>
    public void Observe(TrustRegionOutcome outcome, double entropy, IEnumerable<double> returns)
    {
        // With a gradient of zero there is no step to reject.
        _justRejected = outcome is not (TrustRegionOutcome.Accepted or TrustRegionOutcome.ZeroGradient);
        if (outcome == TrustRegionOutcome.Accepted)
            Array.Clear(_rejections);
        else if (_justRejected)
            _rejections[(int)outcome]++;

        _iterations++;
        foreach (var value in returns)
            Add(value);
        if (double.IsNaN(entropy))
            return;
        if (double.IsNaN(_firstEntropy))
            _firstEntropy = entropy;
        _spread = continuousDimensions > 0 ? Math.Exp((entropy - _firstEntropy) / continuousDimensions) : _firstEntropy > 0 ? entropy / _firstEntropy : 1;
        _collapsed = _spread < options.EntropyCollapse && IsComparable && !HasImproved ? _collapsed + 1 : 0;
    }

    /// <summary>Gets the number of iterations that were observed.</summary>
    public int Iterations => _iterations;

    /// <inheritdoc/>
    public void SaveState(BinaryWriter writer)
    {
        writer.WriteSpan<int>(_rejections);
        writer.WriteSpan<double>(_firstReturns.ToArray());
        writer.WriteSpan<double>(_lastReturns.ToArray());
        writer.Write(_firstEntropy);
        writer.Write(_spread);
        writer.Write(_collapsed);
        writer.Write(_iterations);
    }

    /// <inheritdoc/>
    public void RestoreState(BinaryReader reader)
    {
        reader.ReadSpan<int>(_rejections, "counts of rejected updates");
        var (first, last) = (reader.ReadArray<double>("first returns"), reader.ReadArray<double>("last returns"));
        if (first.Length > ComparedEpisodes || last.Length > ComparedEpisodes)
            throw new InvalidDataException($"More than {ComparedEpisodes} returns are compared.");
        StateSpans.RequireNumbers(first, "first returns");
        StateSpans.RequireNumbers(last, "last returns");
        _firstReturns.Clear();
        _lastReturns.Clear();
        _firstReturns.AddRange(first);
        foreach (var value in last)
            _lastReturns.Enqueue(value);
        _firstEntropy = reader.ReadDouble();
        if (Math.Abs(_firstEntropy) > MaxEntropy)
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"The first entropy of the policy is {_firstEntropy:G6}."));
        _spread = reader.ReadDouble(double.NegativeInfinity, double.PositiveInfinity, "The policy's entropy beside its first");
        _collapsed = reader.ReadInt32(0, int.MaxValue, "The number of iterations of a collapse");
        _iterations = reader.ReadInt32(0, int.MaxValue, "The number of iterations");
        CheckCounts();
    }

    private void CheckCounts()
    {
        var rejected = 0L;
        for (var outcome = 0; outcome < _rejections.Length; outcome++)
        {
            var isRejection = (TrustRegionOutcome)outcome is not (TrustRegionOutcome.Accepted or TrustRegionOutcome.ZeroGradient);
            if (_rejections[outcome] < 0 || (_rejections[outcome] > 0 && !isRejection))
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{_rejections[outcome]} updates were rejected as {(TrustRegionOutcome)outcome}."));
            rejected += _rejections[outcome];
        }

        if (rejected > _iterations)
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{rejected} updates in a row were rejected in {_iterations} iterations."));
        if (_collapsed > _iterations || (_collapsed > 0 && !IsComparable))
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"The policy collapsed for {_collapsed} iterations of {_iterations}, with {_firstReturns.Count} and {_lastReturns.Count} episodes to compare."));
    }

    private void Add(double value)
    {
        if (_iterations <= FirstIterations && _firstReturns.Count < ComparedEpisodes)
        {
            _firstReturns.Add(value);
            return;
        }

        if (_lastReturns.Count == ComparedEpisodes)
            _lastReturns.Dequeue();
        _lastReturns.Enqueue(value);
    }

    private string Rejections() => string.Join(", ", Enum.GetValues<TrustRegionOutcome>().Where(outcome => _rejections[(int)outcome] > 0).Select(outcome => $"{_rejections[(int)outcome]} {outcome}"));
}
