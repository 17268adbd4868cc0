using Microsoft.ML.Runtime;
using Trpo.Estimators.Environments.Stepping;
using Trpo.Estimators.Foundation;
using Trpo.Onnx;
using Trpo.Runtime.Randomness;

namespace Trpo.Estimators.Environments.DataViews;

/// <summary>
/// The observations of a uniformly random policy in one environment, including the final observation of each episode. The policy takes only
/// choices that the environment allows. Equal seeds give equal rows. The environment is created when the first row is read.
/// </summary>
internal sealed class RandomPolicyRows : IObservationRows
{
    private readonly EnvironmentSpecification _specification;
    private readonly IHostEnvironment _host;
    private readonly RandomSource _random;
    private readonly float[] _action;
    private readonly Func<int, bool> _allows;
    private readonly Func<bool> _advance;
    private readonly int _rows;
    private readonly CancellationToken _cancellation;
    private readonly ContextCancellation _context;
    private readonly TimeProvider _clock;
    private VectorEnvironment? _environments;
    private TableProgress? _progress;
    private int _count;
    private bool _hasEnded = true;
    private bool _isDisposed;

    /// <param name="specification">The kind of the environment.</param>
    /// <param name="host">Receives the progress as messages; its cancellation ends the computation between two rows.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="seed">The seed of the environment and of the random policy.</param>
    /// <param name="clock">Measures the time between messages.</param>
    /// <param name="cancellation">Ends the computation between two rows.</param>
    public RandomPolicyRows(EnvironmentSpecification specification, IHostEnvironment host, int rows, int seed, TimeProvider clock, CancellationToken cancellation)
    {
        (_specification, _host, _rows, _cancellation, _clock) = (specification, host, rows, cancellation, clock);
        _context = ContextCancellation.Of(host);
        _random = new RandomSource((ulong)seed);
        _action = new float[specification.ActionSpace.Length];
        _allows = choice => _environments!.Allows(0, choice);
        _advance = Advance;
    }

    /// <inheritdoc/>
    public ReadOnlySpan<float> Current => _environments is null ? [] : _environments.Observation(0);

    /// <inheritdoc/>
    /// <exception cref="OperationCanceledException">The computation was cancelled.</exception>
    public bool MoveNext()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_count == _rows)
            return false;
        if (IsCancelled)
            throw Cancelled(failure: null);
        _progress ??= new TableProgress(_host, _specification.Name, _rows, _clock);
        try
        {
            CallerContext.Leave(_advance);
        }
        catch (EnvironmentException exception) when (IsCancelled)
        {
            throw Cancelled(exception);
        }

        _progress.Report(++_count);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isDisposed = true;
        CallerContext.Leave(DisposeEnvironment);
        _progress?.Dispose();
        _progress = null;
    }

    private bool IsCancelled => _cancellation.IsCancellationRequested || _context.IsCancelled;

    private OperationCanceledException Cancelled(EnvironmentException? failure) =>
        new(FormattableString.Invariant($"The table of a random policy in environment '{_specification.Name}' was cancelled after {_count} of {_rows} rows."), failure, _cancellation);

    private bool Advance()
    {
        var environments = _environments ??= new VectorEnvironment(_specification, count: 1, _progress!.Warn);
        if (_hasEnded)
        {
            environments.Reset(0, _random.NextSeed());
            return _hasEnded = false;
        }

        ActionSampling.Sample(_specification.ActionSpace, _random, _action);
        if (!ActionSampling.ReplaceForbidden(_specification.ActionSpace, _allows, _random, _action))
            throw new EnvironmentException($"{environments.Describe(0)} allows no choice at step {environments.Length(0)} of its episode, in the table of a random policy: {EnvironmentErrors.NothingAllowedAdvice}");
        return _hasEnded = environments.Step(0, _action).Ended;
    }

    private bool DisposeEnvironment()
    {
        _environments?.Dispose();
        return true;
    }
}
