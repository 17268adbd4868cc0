using System.Runtime.InteropServices;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Policies;

namespace Trpo.Estimators.Rollouts;

/// <summary>
/// What a policy did and met in a number of environments over a number of steps. Row <c>e * Steps + t</c> is step <c>t</c> of environment
/// <c>e</c>, so that the steps of one environment lie side by side. The memory is used again by the next rollout.
/// </summary>
internal sealed class Rollout(int environments, int capacity, int observationLength, int actionLength) : ICheckpointable
{
    private float[] _observations = new float[environments * capacity * observationLength];
    private float[] _actions = new float[environments * capacity * actionLength];
    private double[] _rewards = new double[environments * capacity];
    private bool[] _terminated = new bool[environments * capacity];
    private bool[] _ended = new bool[environments * capacity];
    private bool[] _cut = new bool[environments * capacity];
    private readonly List<int> _bootstrapRows = [];
    private float[] _bootstrapObservations = new float[environments * observationLength];

    // The same as the policy sees them, where it normalizes.
    private float[]? _normalized;
    private float[]? _normalizedBootstraps;

    public int Environments => environments;

    /// <summary>The number of steps in each environment.</summary>
    public int Steps { get; private set; }

    /// <summary>How many of them have been made.</summary>
    public int Made { get; private set; }

    /// <summary>The number of rows, <c>N</c>.</summary>
    public int Rows => environments * Steps;

    public int ObservationLength => observationLength;

    public int ActionLength => actionLength;

    /// <summary>What the policy acted on, <c>[N, d]</c>; as it sees that now, once it was told how by <see cref="Normalize"/>.</summary>
    public ReadOnlySpan<float> Observations => ObservationMemory.Span;

    /// <summary>The same, for those who keep it.</summary>
    public ReadOnlyMemory<float> ObservationMemory => (_normalized ?? _observations).AsMemory(0, Rows * observationLength);

    /// <summary>What it did, as sampled and not clipped, <c>[N, k]</c>.</summary>
    public ReadOnlySpan<float> Actions => _actions.AsSpan(0, Rows * actionLength);

    /// <summary>The rewards, <c>[N]</c>.</summary>
    public ReadOnlySpan<double> Rewards => _rewards.AsSpan(0, Rows);

    /// <summary>Whether the episode reached an end of its own, <c>[N]</c>.</summary>
    public ReadOnlySpan<bool> Terminated => _terminated.AsSpan(0, Rows);

    /// <summary>Whether the episode ended, terminated or truncated, or was cut short, <c>[N]</c>.</summary>
    public ReadOnlySpan<bool> Ended => _ended.AsSpan(0, Rows);

    /// <summary>Whether the trainer, and not the environment, ended the episode, <c>[N]</c>.</summary>
    public ReadOnlySpan<bool> Cut => _cut.AsSpan(0, Rows);

    /// <summary>The rows whose following observation is not that of the next row: truncated ones and each environment's last, <c>[B]</c>.</summary>
    public IReadOnlyList<int> BootstrapRows => _bootstrapRows;

    /// <summary>The observations that follow <see cref="BootstrapRows"/>, <c>[B, d]</c>.</summary>
    public ReadOnlySpan<float> BootstrapObservations => (_normalizedBootstraps ?? _bootstrapObservations).AsSpan(0, _bootstrapRows.Count * observationLength);

    /// <summary>Starts a rollout of a number of steps. More than ever before, as in a training that is made longer, take new memory.</summary>
    public void Clear(int steps)
    {
        Steps = steps;
        Reserve();
        Made = 0;
        _bootstrapRows.Clear();
    }

    /// <summary>One more step has been made in every environment.</summary>
    public void Advance() => Made++;

    public int Row(int environment, int step) => (environment * Steps) + step;

    /// <summary>What the environment showed, before a policy normalizes it, <c>[d]</c>.</summary>
    public Span<float> Observation(int row) => _observations.AsSpan(row * observationLength, observationLength);

    /// <summary>Shows all observations as a policy with this normalizer sees them now.</summary>
    public void Normalize(ObservationNormalizer normalizer)
    {
        _normalized ??= new float[_observations.Length];
        if (_normalizedBootstraps?.Length != _bootstrapObservations.Length)
            _normalizedBootstraps = new float[_bootstrapObservations.Length];
        Apply(_observations, _normalized, Rows);
        Apply(_bootstrapObservations, _normalizedBootstraps, _bootstrapRows.Count);

        void Apply(float[] from, float[] to, int rows)
        {
            for (var start = 0; start < rows * observationLength; start += observationLength)
                normalizer.Apply(from.AsSpan(start, observationLength), to.AsSpan(start, observationLength));
        }
    }

    public Span<float> Action(int row) => _actions.AsSpan(row * actionLength, actionLength);

    public void SetResult(int row, double reward, bool terminated, bool ended, bool cut)
    {
        _rewards[row] = reward;
        _terminated[row] = terminated;
        _ended[row] = ended;
        _cut[row] = cut;
    }

    /// <summary>Ends the episode that the last row of an environment is in, without the environment's doing; what was to be acted on next is worth its value.</summary>
    public void CutShort(int environment, ReadOnlySpan<float> observation)
    {
        if (Made == 0 || _ended[Row(environment, Made - 1)])
            return;
        var row = Row(environment, Made - 1);
        (_ended[row], _cut[row]) = (true, true);
        AddBootstrap(row, observation);
    }

    /// <summary>Keeps the observation that follows a row, to be valued in place of what is in the next row.</summary>
    public void AddBootstrap(int row, ReadOnlySpan<float> observation)
    {
        var start = _bootstrapRows.Count * observationLength;
        if (start + observationLength > _bootstrapObservations.Length)
            Array.Resize(ref _bootstrapObservations, 2 * _bootstrapObservations.Length);
        observation.CopyTo(_bootstrapObservations.AsSpan(start, observationLength));
        _bootstrapRows.Add(row);
    }

    private void Reserve()
    {
        if (Rows <= _rewards.Length)
            return;
        (_observations, _actions) = (new float[checked(Rows * observationLength)], new float[checked(Rows * actionLength)]);
        (_rewards, _terminated, _ended, _cut) = (new double[Rows], new bool[Rows], new bool[Rows], new bool[Rows]);
        _normalized = null;
    }

    /// <inheritdoc/>
    public void SaveState(BinaryWriter writer)
    {
        writer.Write(Steps);
        writer.Write(Made);
        writer.WriteSpan<float>(_observations.AsSpan(0, Rows * observationLength));
        writer.WriteSpan(Actions);
        writer.WriteSpan(Rewards);
        writer.WriteSpan(Terminated);
        writer.WriteSpan(Ended);
        writer.WriteSpan(Cut);
        writer.WriteSpan<int>(CollectionsMarshal.AsSpan(_bootstrapRows));
        writer.WriteSpan<float>(_bootstrapObservations.AsSpan(0, _bootstrapRows.Count * observationLength));
    }

    /// <inheritdoc/>
    public void RestoreState(BinaryReader reader)
    {
        // No more than there are rewards for.
        var most = (reader.BaseStream.Length - reader.BaseStream.Position) / sizeof(double) / environments;
        Clear(reader.ReadInt32(0, (int)Math.Min(most, int.MaxValue / environments), "The number of steps of a rollout"));
        Made = reader.ReadInt32(0, Steps, "The number of steps that were made");
        reader.ReadSpan(_observations.AsSpan(0, Rows * observationLength), "values of observations");
        reader.ReadSpan(_actions.AsSpan(0, Rows * actionLength), "values of actions");
        reader.ReadSpan(_rewards.AsSpan(0, Rows), "rewards");
        reader.ReadSpan(_terminated.AsSpan(0, Rows), "terminations");
        reader.ReadSpan(_ended.AsSpan(0, Rows), "ends of episodes");
        reader.ReadSpan(_cut.AsSpan(0, Rows), "cuts of episodes");
        var rows = reader.ReadArray<int>("rows to bootstrap");
        if (rows.Any(row => row < 0 || row >= Rows))
            throw new InvalidDataException("A row to bootstrap is none of the rollout.");
        _bootstrapRows.AddRange(rows);
        if (_bootstrapObservations.Length < rows.Length * observationLength)
            _bootstrapObservations = new float[rows.Length * observationLength];
        reader.ReadSpan(_bootstrapObservations.AsSpan(0, rows.Length * observationLength), "values of final observations");
    }
}
