using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Robustness;

/// <summary>Shows a 1 and noise, or a 0 for it. Pays 1 (or what a test says) where the first value of the action is 0. Behind its two numbers, where there is a mask, it shows which choices it allows; the first of each dimension always.</summary>
internal sealed class EasyTask(ActionSpace actions, int length, bool masks = false, double reward = 1, bool isQuiet = false) : IEnvironment, ICheckpointable
{
    private readonly RandomSource _random = new(1);
    private readonly bool[] _allowed = new bool[actions.ScoreLength];
    private float _noise;
    private int _step;

    public string Name => "Easy";

    public ObservationSpace ObservationSpace { get; } = ObservationSpace.Unbounded(2 + (masks ? actions.ScoreLength : 0));

    public ActionSpace ActionSpace => actions;

    public int? MaxEpisodeSteps => length;

    public bool Allows(int choice) => !masks || _allowed[choice];

    public void Reset(int? seed, Span<float> observation)
    {
        if (seed is { } value)
            _random.Reseed((ulong)value);
        _step = 0;
        Show(observation);
    }

    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        _step++;
        Show(observation);
        return new StepResult(action.Values[0] == 0 ? reward : 0, Terminated: false, Truncated: _step >= length);
    }

    public void SaveState(BinaryWriter writer)
    {
        _random.SaveState(writer);
        writer.Write(_step);
        writer.Write(_noise);
        foreach (var allowed in _allowed)
            writer.Write(allowed);
    }

    public void RestoreState(BinaryReader reader)
    {
        _random.RestoreState(reader);
        _step = reader.ReadInt32();
        _noise = reader.ReadSingle();
        for (var i = 0; i < _allowed.Length; i++)
            _allowed[i] = reader.ReadBoolean();
    }

    private void Show(Span<float> observation)
    {
        _noise = isQuiet ? 0 : (float)_random.NextGaussian();
        observation[0] = 1;
        observation[1] = _noise;
        if (!masks)
            return;
        var place = 0;
        foreach (var count in actions.ChoiceCounts)
        {
            for (var i = 0; i < count; i++, place++)
                _allowed[place] = i == 0 || _random.NextDouble() < 0.5;
        }

        for (var i = 0; i < _allowed.Length; i++)
            observation[2 + i] = _allowed[i] ? 1 : 0;
    }
}
