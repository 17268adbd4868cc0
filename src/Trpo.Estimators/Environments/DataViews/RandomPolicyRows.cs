using Trpo.Estimators.Environments.Stepping;
using Trpo.Onnx.Randomness;

namespace Trpo.Estimators.Environments.DataViews;

/// <summary>
/// The observations of a uniformly random policy in one environment, including the final observation of each episode. The policy takes only
/// choices that the environment allows. Equal seeds give equal rows.
/// </summary>
internal sealed class RandomPolicyRows : IObservationRows
{
    private readonly EnvironmentSpecification _specification;
    private readonly VectorEnvironment _environments;
    private readonly RandomSource _random;
    private readonly float[] _action;
    private readonly Func<int, bool> _allows;
    private int _rowsLeft;
    private bool _hasEnded = true;

    /// <param name="specification">The kind of the environment.</param>
    /// <param name="table">The number of rows, and the seed.</param>
    public RandomPolicyRows(EnvironmentSpecification specification, RandomPolicyTable table)
    {
        _specification = specification;
        _environments = new VectorEnvironment(specification, count: 1);
        _random = new RandomSource((ulong)table.Seed);
        _action = new float[specification.ActionSpace.Length];
        _allows = choice => _environments.Allows(0, choice);
        _rowsLeft = table.Rows;
    }

    /// <inheritdoc/>
    public ReadOnlySpan<float> Current => _environments.Observation(0);

    /// <inheritdoc/>
    public bool MoveNext()
    {
        if (_rowsLeft == 0)
            return false;
        _rowsLeft--;
        if (_hasEnded)
        {
            _environments.Reset(0, _random.NextSeed());
            _hasEnded = false;
            return true;
        }

        ActionSampling.Sample(_specification.ActionSpace, _random, _action);
        if (!ActionSampling.ReplaceForbidden(_specification.ActionSpace, _allows, _random, _action))
            throw new EnvironmentException($"{_environments.Describe(0)} allows no choice at step {_environments.Length(0)} of its episode, in the table of a random policy: {EnvironmentErrors.NothingAllowedAdvice}");
        _hasEnded = _environments.Step(0, _action).Ended;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _environments.Dispose();
}
