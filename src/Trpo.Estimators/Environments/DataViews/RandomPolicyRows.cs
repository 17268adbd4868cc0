using Trpo.Estimators.Environments.Stepping;
using Trpo.Onnx.Randomness;

namespace Trpo.Estimators.Environments.DataViews;

/// <summary>The observations that a uniformly random policy meets, which takes the choices that its environment allows, the final ones of its episodes among them; the same every time.</summary>
internal sealed class RandomPolicyRows : IObservationRows
{
    private readonly EnvironmentDataView _view;
    private readonly VectorEnvironment _environments;
    private readonly RandomSource _random;
    private readonly float[] _action;
    private readonly Func<int, bool> _allows;
    private int _rowsLeft;
    private bool _ended = true;

    public RandomPolicyRows(EnvironmentDataView view, RandomPolicyTable table)
    {
        _view = view;
        _environments = new VectorEnvironment(view.Specification, count: 1);
        _random = new RandomSource((ulong)table.Seed);
        _action = new float[view.ActionSpace.Length];
        _allows = choice => _environments.Allows(0, choice);
        _rowsLeft = table.Rows;
    }

    public ReadOnlySpan<float> Current => _environments.Observation(0);

    public bool MoveNext()
    {
        if (_rowsLeft == 0)
            return false;
        _rowsLeft--;
        if (_ended)
        {
            _environments.Reset(0, _random.NextSeed());
            _ended = false;
            return true;
        }

        ActionSampling.Sample(_view.ActionSpace, _random, _action);
        if (!ActionSampling.Allow(_view.ActionSpace, _allows, _random, _action))
            throw new EnvironmentException($"{_environments.Describe(0)} allows no choice at step {_environments.Length(0)} of its episode, in the table of a random policy: where nothing can be done, end the episode, or keep a choice that does nothing.");
        _ended = _environments.Step(0, _action).Ended;
        return true;
    }

    public void Dispose() => _environments.Dispose();
}
