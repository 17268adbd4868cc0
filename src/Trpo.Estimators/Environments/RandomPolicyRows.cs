using Trpo.Onnx.Randomness;

namespace Trpo.Estimators.Environments;

/// <summary>The observations that a uniformly random policy meets, which takes the choices that its environment allows, the final ones of its episodes among them; the same every time.</summary>
internal sealed class RandomPolicyRows : IObservationRows
{
    private readonly EnvironmentDataView _view;
    private readonly EnvironmentBlock _block;
    private readonly RandomSource _random;
    private readonly float[] _action;
    private readonly Func<int, bool> _allows;
    private int _rowsLeft;
    private bool _ended = true;

    public RandomPolicyRows(EnvironmentDataView view, EnvironmentTable table)
    {
        _view = view;
        _block = new EnvironmentBlock(view, count: 1);
        _random = new RandomSource((ulong)table.Seed);
        _action = new float[view.ActionSpace.Length];
        _allows = choice => _block.Allows(0, choice);
        _rowsLeft = table.Rows;
    }

    public ReadOnlySpan<float> Current => _block.Observation(0);

    public bool MoveNext()
    {
        if (_rowsLeft == 0)
            return false;
        _rowsLeft--;
        if (_ended)
        {
            _block.Reset(0, _random.NextSeed());
            _ended = false;
            return true;
        }

        ActionSampling.Sample(_view.ActionSpace, _random, _action);
        if (!ActionSampling.Allow(_view.ActionSpace, _allows, _random, _action))
            throw new EnvironmentException($"{_block.Describe(0)} allows no choice at step {_block.Length(0)} of its episode, in the table of a random policy: where nothing can be done, end the episode, or keep a choice that does nothing.");
        _ended = _block.Step(0, _action).Ended;
        return true;
    }

    public void Dispose() => _block.Dispose();
}
