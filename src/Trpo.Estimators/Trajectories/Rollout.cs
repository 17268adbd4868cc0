using System.Runtime.InteropServices;
using Trpo.Estimators.Checkpoints;

namespace Trpo.Estimators.Trajectories;

/// <summary>
/// The experience of one iteration: a trajectory segment of <c>T</c> steps from each of <c>E</c> environments, <c>N = E T</c> rows. Row <c>e T + t</c>
/// is step <c>t</c> of environment <c>e</c>. Memory is reused by the next rollout.
/// </summary>
/// <param name="environments">The number of environments, <c>E</c>.</param>
/// <param name="capacity">The number of steps of each environment to allocate memory for; more are allocated when they are needed.</param>
/// <param name="observationLength">The number of values of an observation, <c>d</c>.</param>
/// <param name="actionLength">The number of values of an action, <c>k</c>.</param>
internal sealed class Rollout(int environments, int capacity, int observationLength, int actionLength) : ICheckpointable
{
    private float[] _observations = new float[environments * capacity * observationLength];
    private float[] _actions = new float[environments * capacity * actionLength];
    private double[] _logProbabilities = new double[environments * capacity];
    private double[] _rewards = new double[environments * capacity];
    private bool[] _terminated = new bool[environments * capacity];
    private bool[] _truncated = new bool[environments * capacity];
    private bool[] _cutOff = new bool[environments * capacity];
    private readonly List<int> _bootstrapRows = [];
    private float[] _bootstrapObservations = new float[environments * observationLength];

    /// <summary>The number of environments, <c>E</c>.</summary>
    public int EnvironmentCount => environments;

    /// <summary>The number of steps of each environment, <c>T</c>.</summary>
    public int Steps { get; private set; }

    /// <summary>The number of steps of each environment that have been collected, up to <see cref="Steps"/>.</summary>
    public int CollectedSteps { get; private set; }

    /// <summary>True if all steps have been collected.</summary>
    public bool IsComplete => Steps > 0 && CollectedSteps == Steps;

    /// <summary>The number of rows, <c>N</c>.</summary>
    public int Rows => environments * Steps;

    /// <summary>The number of values of an observation, <c>d</c>.</summary>
    public int ObservationLength => observationLength;

    /// <summary>The number of values of an action, <c>k</c>.</summary>
    public int ActionLength => actionLength;

    /// <summary>The observations that the policy acted on, as the pipeline transformed them, <c>[N, d]</c>.</summary>
    public ReadOnlySpan<float> Observations => ObservationMemory.Span;

    /// <summary><see cref="Observations"/> as memory, so that they can be passed to another thread.</summary>
    public ReadOnlyMemory<float> ObservationMemory => _observations.AsMemory(0, Rows * observationLength);

    /// <summary>The actions, as sampled and not clipped to the action space, <c>[N, k]</c>.</summary>
    public ReadOnlySpan<float> Actions => _actions.AsSpan(0, Rows * actionLength);

    /// <summary>The log-probabilities (densities) of the actions under the behaviour policy, which sampled them, in nats, <c>[N]</c>.</summary>
    public ReadOnlySpan<double> LogProbabilities => _logProbabilities.AsSpan(0, Rows);

    /// <summary>The rewards, <c>[N]</c>.</summary>
    public ReadOnlySpan<double> Rewards => _rewards.AsSpan(0, Rows);

    /// <summary>True where the step ended the episode in a terminal state, <c>[N]</c>.</summary>
    public ReadOnlySpan<bool> Terminated => _terminated.AsSpan(0, Rows);

    /// <summary>True where the environment truncated the episode at the step, <c>[N]</c>.</summary>
    public ReadOnlySpan<bool> Truncated => _truncated.AsSpan(0, Rows);

    /// <summary>True where training cut the episode off at the step, <c>[N]</c>.</summary>
    public ReadOnlySpan<bool> CutOff => _cutOff.AsSpan(0, Rows);

    /// <summary>The rows that are followed by another observation than the next row's: the truncated and cut-off ones, and the last row of each segment that ends within an episode, <c>[B]</c>.</summary>
    public ReadOnlySpan<int> BootstrapRows => CollectionsMarshal.AsSpan(_bootstrapRows);

    /// <summary>The observations that follow <see cref="BootstrapRows"/>, <c>[B, d]</c>.</summary>
    public ReadOnlySpan<float> BootstrapObservations => _bootstrapObservations.AsSpan(0, _bootstrapRows.Count * observationLength);

    /// <summary>Returns the segment of one environment.</summary>
    public TrajectorySegment Segment(int environment)
    {
        var start = Row(environment, 0);
        return new TrajectorySegment
        {
            Rows = new Range(start, start + Steps),
            Rewards = _rewards.AsSpan(start, Steps),
            Terminated = _terminated.AsSpan(start, Steps),
            Truncated = _truncated.AsSpan(start, Steps),
            CutOff = _cutOff.AsSpan(start, Steps),
        };
    }

    /// <summary>Returns the row of a step of an environment.</summary>
    public int Row(int environment, int step) => (environment * Steps) + step;

    /// <summary>True if the episode of a row ended with it: terminated, truncated or cut off.</summary>
    public bool Ended(int row) => _terminated[row] || _truncated[row] || _cutOff[row];

    /// <summary>Counts the collected rows with which the environment, not training, ended an episode.</summary>
    public int EndedEpisodes()
    {
        var count = 0;
        for (var e = 0; e < environments; e++)
        {
            for (var row = Row(e, 0); row < Row(e, 0) + CollectedSteps; row++)
                count += _terminated[row] || _truncated[row] ? 1 : 0;
        }

        return count;
    }

    /// <summary>Returns the steps with which the environment, not training, ended an episode: one for each episode, in the order of the ends.</summary>
    public List<int> EpisodeEnds()
    {
        var steps = new List<int>();
        for (var step = 0; step < CollectedSteps; step++)
        {
            for (var e = 0; e < environments; e++)
            {
                var row = Row(e, step);
                if (_terminated[row] || _truncated[row])
                    steps.Add(step);
            }
        }

        return steps;
    }

    /// <summary>Returns the observation of a row, to be written, <c>[d]</c>.</summary>
    public Span<float> Observation(int row) => _observations.AsSpan(row * observationLength, observationLength);

    /// <summary>Returns the action of a row, to be written, <c>[k]</c>.</summary>
    public Span<float> Action(int row) => _actions.AsSpan(row * actionLength, actionLength);

    /// <summary>Empties the rollout.</summary>
    /// <param name="steps">The number of steps to collect from each environment; memory grows where that is more than ever before.</param>
    public void Clear(int steps)
    {
        Steps = steps;
        Reserve();
        CollectedSteps = 0;
        _bootstrapRows.Clear();
    }

    /// <summary>Counts a step as collected in every environment.</summary>
    public void CompleteStep() => CollectedSteps++;

    /// <summary>Sets the log-probability of the action of a row.</summary>
    public void SetLogProbability(int row, double logProbability) => _logProbabilities[row] = logProbability;

    /// <summary>Sets the result of the step of a row.</summary>
    public void SetResult(int row, double reward, bool terminated, bool truncated, bool cutOff)
    {
        _rewards[row] = reward;
        _terminated[row] = terminated;
        _truncated[row] = truncated;
        _cutOff[row] = cutOff;
    }

    /// <summary>Cuts off the episode of an environment at its last collected step, unless it ended there or none was collected. The last steps of a complete rollout are bootstrapped already.</summary>
    /// <param name="environment">The environment.</param>
    /// <param name="observation">The observation that followed, whose value the return is bootstrapped from, <c>[d]</c>.</param>
    public void CutOffEpisode(int environment, ReadOnlySpan<float> observation)
    {
        if (CollectedSteps == 0 || IsComplete)
            return;
        var row = Row(environment, CollectedSteps - 1);
        if (Ended(row))
            return;
        _cutOff[row] = true;
        AddBootstrap(row, observation);
    }

    /// <summary>Adds the observation that follows a row, where it is not the next row's.</summary>
    public void AddBootstrap(int row, ReadOnlySpan<float> observation)
    {
        var start = _bootstrapRows.Count * observationLength;
        if (start + observationLength > _bootstrapObservations.Length)
            Array.Resize(ref _bootstrapObservations, (int)Math.Min(2L * _bootstrapObservations.Length, Array.MaxLength));
        observation.CopyTo(_bootstrapObservations.AsSpan(start, observationLength));
        _bootstrapRows.Add(row);
    }

    private void Reserve()
    {
        if (Rows <= _rewards.Length)
            return;
        (_observations, _actions) = (new float[checked(Rows * observationLength)], new float[checked(Rows * actionLength)]);
        (_logProbabilities, _rewards) = (new double[Rows], new double[Rows]);
        (_terminated, _truncated, _cutOff) = (new bool[Rows], new bool[Rows], new bool[Rows]);
    }

    /// <inheritdoc/>
    public void SaveState(BinaryWriter writer)
    {
        writer.Write(Steps);
        writer.Write(CollectedSteps);
        writer.WriteSpan(Observations);
        writer.WriteSpan(Actions);
        writer.WriteSpan(LogProbabilities);
        writer.WriteSpan(Rewards);
        writer.WriteSpan(Terminated);
        writer.WriteSpan(Truncated);
        writer.WriteSpan(CutOff);
        writer.WriteSpan(BootstrapRows);
        writer.WriteSpan(BootstrapObservations);
    }

    /// <inheritdoc/>
    public void RestoreState(BinaryReader reader)
    {
        // Each row takes at least the bytes of its reward, which bounds the memory that a damaged state can ask for.
        var max = (reader.BaseStream.Length - reader.BaseStream.Position) / sizeof(double) / environments;
        Clear(reader.ReadInt32(0, (int)Math.Min(max, int.MaxValue / environments), "The number of steps of a rollout"));
        CollectedSteps = reader.ReadInt32(0, Steps, "The number of collected steps");
        reader.ReadSpan(_observations.AsSpan(0, Rows * observationLength), "values of observations");
        reader.ReadSpan(_actions.AsSpan(0, Rows * actionLength), "values of actions");
        reader.ReadSpan(_logProbabilities.AsSpan(0, Rows), "log-probabilities");
        reader.ReadSpan(_rewards.AsSpan(0, Rows), "rewards");
        reader.ReadSpan(_terminated.AsSpan(0, Rows), "terminations");
        reader.ReadSpan(_truncated.AsSpan(0, Rows), "truncations");
        reader.ReadSpan(_cutOff.AsSpan(0, Rows), "cut-offs");
        var rows = reader.ReadArray<int>("rows to bootstrap");
        _bootstrapRows.AddRange(rows);
        if (_bootstrapObservations.Length < (long)rows.Length * observationLength)
            _bootstrapObservations = new float[rows.Length * observationLength];
        reader.ReadSpan(_bootstrapObservations.AsSpan(0, rows.Length * observationLength), "values of bootstrap observations");
        RestoredRollout.Check(this);
    }
}
