using System.Globalization;
using Trpo.Estimators.Foundation;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Resuming;

namespace Trpo.Estimators.Training;

/// <summary>
/// An estimate of the memory that training needs beside the environments, those of evaluations too, and the pipeline, in bytes, from the lengths of the arrays of an iteration. Arrays that one
/// iteration allocates and drops count in full, because the garbage collector frees them later. A custom network counts by its weights alone, a custom baseline not at all.
/// </summary>
internal sealed class MemoryEstimate
{
    // Rows of the kernels' matrices are padded to a multiple of the longest vector.
    private const int Padding = 16;

    // Memory that the garbage collector and the allocators hold beside what is in use; measured.
    private const double Overhead = 1.15;

    // The same for the arrays of rows, of which iterations leave some behind.
    private const double OverheadOfRows = 1.3;

    // The vectors of a trust-region step: gradient, direction, those of conjugate gradients, the parameters before and at a trial. They come from a pool, whose arrays are up to twice as long, and serve one network
    // after the other.
    private const int VectorsOfStep = 10;

    // The kernels hold the parameters and a direction in two layouts each and the former twice more as they stand, the module holds them once, and the exported graph is copied several times.
    private const int SinglesPerParameter = 12;

    // The memory of kernels grows by a quarter at least where iterations grow.
    private const double GrowthOfKernels = 1.25;

    // A state is written to a stream that doubles its memory as it grows, then joined with the others and copied, while an earlier one is kept.
    private const int CopiesOfState = 6;

    // The best policy of the evaluations is kept, and written to a stream that doubles its memory, while the former one is kept.
    private const int CopiesOfBest = 5;

    // The result of an episode of an evaluation, its return and its seed, as objects and in arrays.
    private const int BytesOfEpisode = 72;

    // The observations of environments and transforms, before and after, and of the batch that the policy reads.
    private const int CopiesOfObservation = 5;

    private readonly TrpoOptions _options;
    private readonly TrainingSizes _sizes;
    private readonly double _rows;

    /// <param name="options">The options.</param>
    /// <param name="sizes">The sizes of the parts.</param>
    /// <param name="steps">The largest number of steps of each environment in an iteration.</param>
    public MemoryEstimate(TrpoOptions options, TrainingSizes sizes, int steps)
    {
        (_options, _sizes, _rows) = (options, sizes, (double)sizes.Environments * steps);
        var updateRows = _rows * Rollouts;
        Steps = (updateRows * BytesOfStep) + (Rollouts * 2.0 * sizes.Environments * sizes.ObservationLength * sizeof(float));
        PolicyUpdate = updateRows * BytesOfPolicyRow;
        ValueFit = _rows * BytesOfValueRow;
        Parameters = (_sizes.PolicyLength + ValueLength) * ((VectorsOfStep * sizeof(double)) + (_sizes.Shards * SinglesPerParameter * sizeof(float)) + (_sizes.Shards > 1 ? (_sizes.Shards + 1) * sizeof(double) : 0));
        Evaluations = options.Evaluation is { } evaluation
            ? ((double)evaluation.Episodes * BytesOfEpisode) + (Math.Min(sizes.Environments, evaluation.Episodes) * (double)CopiesOfObservation * sizes.ObservationLength * sizeof(float)) + (CopiesOfBest * BytesOfBest)
            : 0;
        OnDevice = IsOnProcessor ? 0 : (updateRows * PolicyActivations) + (_rows * ValueActivations) + (_sizes.Shards * (_sizes.PolicyLength + ValueLength) * SinglesPerParameter * sizeof(float));
        States = StateCount * CopiesOfState * BytesOfState;
    }

    /// <summary>Gets the memory of the collected steps, those of earlier iterations that are reused among them.</summary>
    public double Steps { get; }

    /// <summary>Gets the memory of the policy's update: advantages, parameters of distributions, activations of the network.</summary>
    public double PolicyUpdate { get; }

    /// <summary>Gets the memory of the value function's fit.</summary>
    public double ValueFit { get; }

    /// <summary>Gets the memory that does not depend on the number of steps: parameters, and vectors of their length.</summary>
    public double Parameters { get; }

    /// <summary>Gets the memory of checkpoints, and of the state to roll back to.</summary>
    public double States { get; }

    /// <summary>Gets the memory of evaluations during the training: their environments' observations, the results of episodes, and the best policy.</summary>
    public double Evaluations { get; }

    /// <summary>Gets the memory on a graphics card, which is not part of <see cref="Total"/>; 0 on the processor.</summary>
    public double OnDevice { get; }

    /// <summary>Gets the memory in all.</summary>
    public double Total => (OverheadOfRows * (Steps + PolicyUpdate + ValueFit)) + (Overhead * (Parameters + Evaluations + States));

    /// <summary>Gets the number of elements of the longest array.</summary>
    public double LongestArray
    {
        get
        {
            var activations = _sizes.PolicyEngine == NetworkEngine.Kernels ? Padded(Widest(_sizes.PolicyLayers)) : 1;
            var perRow = Math.Max(Math.Max(Math.Max(_sizes.ObservationLength, _sizes.ActionLength), _sizes.ParameterLength), activations);
            var perValueRow = HasValueNetwork ? (_sizes.ValueEngine == NetworkEngine.Kernels ? Padded(Widest(_options.ValueLayers)) : 1) : 1;
            return Math.Max(Math.Max(_rows * Rollouts * perRow, _rows * perValueRow) + Padding, Math.Max(Math.Max(_sizes.PolicyLength, ValueLength), StateCount * BytesOfState));
        }
    }

    private int Rollouts => _options.ReusedIterations + 1;

    // With each earlier rollout the update grows, and what was too short for it is dropped.
    private double Growth => 2 - (1.0 / Rollouts);

    private bool IsOnProcessor => _options.EngineChoice.Device.IsCpu;

    private double PolicyActivations => Growth * Activations(_sizes.PolicyEngine, _sizes.PolicyLayers, _options.HiddenActivation, _sizes.NetworkOutputs, _options.FisherFraction);

    private double ValueActivations => HasValueNetwork ? Activations(_sizes.ValueEngine, _options.ValueLayers, _options.ValueFunction.HiddenActivation ?? _options.HiddenActivation, 1, _options.ValueFunction.FisherFraction) : 0;

    private bool HasValueNetwork => _options.Baseline is null;

    private long ValueLength => HasValueNetwork ? TrainingSizes.PerceptronLength(_sizes.ObservationLength, _options.ValueLayers, outputs: 1) : 0;

    // A checkpoint holds the state to roll back to as well.
    private int StateCount => _options.Checkpoints is not null ? 2 + (_sizes.KeepsIterationStart ? 1 : 0) : _options.Health.MaxRollbacks > 0 ? 1 : 0;

    private double BytesOfState => (_rows * Rollouts * BytesOfStep) + FixedBytesOfState;

    // What does not depend on the number of steps.
    private double FixedBytesOfState => ((_sizes.PolicyLength + ValueLength) * sizeof(double)) + (_options.Checkpoints is null ? 0 : BytesOfBest);

    private double BytesOfBest => _options.Evaluation is { KeepBest: true } ? _sizes.PolicyLength * (double)sizeof(double) : 0;

    // Observation, action, log-probability, reward, and the three ends of an episode.
    private double BytesOfStep => ((double)_sizes.ObservationLength * sizeof(float)) + ((double)_sizes.ActionLength * sizeof(float)) + (2 * sizeof(double)) + (3 * sizeof(bool));

    private double BytesOfPolicyRow
    {
        get
        {
            var (observation, sampled) = ((double)_sizes.ObservationLength * sizeof(float), _options.FisherFraction < 1 ? _options.FisherFraction : 0);

            // Values, rewards, values of the next observations, advantages, targets, log-probabilities; with reuse also weights and traces. The parameters of the distributions before and at a
            // trial, and what is computed from them once.
            var doubles = 7.0 + (Rollouts > 1 ? 5 : 0) + _sizes.ActionLength + (4.0 * _sizes.ParameterLength) + _sizes.NetworkOutputs + (2 * _options.FisherFraction * _sizes.ParameterLength) + (Rollouts > 1 ? _sizes.ParameterLength : 0);
            return (doubles * sizeof(double)) + (observation * (sampled + (_options.NormalizeObservations ? 1 : 0) + (Rollouts > 1 ? 1 : 0))) + (IsOnProcessor ? PolicyActivations : 0);
        }
    }

    private double BytesOfValueRow
    {
        get
        {
            var observation = (double)_sizes.ObservationLength * sizeof(float);
            var normalized = _options.NormalizeObservations ? observation : 0;
            if (!HasValueNetwork)
                return normalized;
            var fraction = _options.ValueFunction.FisherFraction;
            return normalized + ((4 + fraction) * sizeof(double)) + (fraction < 1 ? fraction * observation : 0) + (IsOnProcessor ? ValueActivations : 0);
        }
    }

    // The bytes of a network's intermediate values for one row.
    private double Activations(NetworkEngine engine, IReadOnlyList<int> layers, Activation activation, int outputs, double fraction)
    {
        double inputs = _sizes.ObservationLength, hidden = layers.Sum(width => (double)width);
        return sizeof(float) * (engine switch
        {
            // The derivatives of SiLU are kept beside its values.
            NetworkEngine.Kernels => (Rollouts > 1 || _options.MaxStepsPerIteration > _options.StepsPerIteration ? GrowthOfKernels : 1)
                * (Padded(inputs) + ((activation == Activation.Silu ? 2 : 1) * layers.Sum(width => Padded(width)))),

            // Activations and derivatives. Tangents, cotangents and the values of a trial are those of a block of rows.
            NetworkEngine.TorchProducts => inputs + (2 * hidden),

            // The graphs of the outputs, which keep them before and after the activation; those of gradients, over the sampled rows. The rest is that of a block of rows.
            _ => Math.Max(inputs + (2 * hidden) + (3.0 * outputs), fraction * (inputs + (5 * hidden) + (3.0 * outputs))),
        });
    }

    /// <summary>Gets the memory that the process may use, in bytes: that of the machine, or of its container.</summary>
    public static long Available => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>Returns the estimate for users.</summary>
    /// <param name="available">The memory that the process may use, in bytes.</param>
    public TrainingMemory Describe(double available) => new()
    {
        Steps = Steps,
        PolicyUpdate = PolicyUpdate,
        ValueFit = ValueFit,
        Parameters = Parameters,
        Evaluations = Evaluations,
        States = States,
        Total = Total,
        OnDevice = OnDevice,
        Available = available,
    };

    /// <summary>Throws if training would not fit into memory.</summary>
    /// <param name="options">The options.</param>
    /// <param name="sizes">The sizes of the parts.</param>
    /// <param name="schedule">The schedule of the iterations.</param>
    /// <param name="available">The memory that the process may use, in bytes; by default that of the machine, or of its container.</param>
    /// <exception cref="InvalidOperationException">Training would need more memory than there is, a longer array than .NET has, or more steps than are counted; the message says which options to change.</exception>
    public static void Check(TrpoOptions options, TrainingSizes sizes, IterationSchedule schedule, long? available = null)
    {
        // The rows of shards that run on workers are there, and are checked there.
        if (options.Workers is not null)
            return;
        var total = (double)schedule.LastStep * sizes.Environments;
        if (total > int.MaxValue)
            throw new InvalidOperationException(FormattableString.Invariant($"{nameof(TrpoOptions.TotalSteps)} is {options.TotalSteps:N0}, which {sizes.Environments:N0} environments round up to {total:N0}; at most {int.MaxValue:N0} steps can be made. Lower {nameof(TrpoOptions.TotalSteps)}, or the count of LoadFromEnvironment."));
        Check(options, sizes, schedule.MaxSteps, available);
    }

    /// <summary>Throws if an iteration would not fit into memory.</summary>
    /// <param name="options">The options.</param>
    /// <param name="sizes">The sizes of the parts.</param>
    /// <param name="steps">The number of steps of each environment.</param>
    /// <param name="available">The memory that the process may use, in bytes; by default that of the machine, or of its container.</param>
    /// <exception cref="InvalidOperationException">Training would need more memory than there is, or a longer array than .NET has; the message says which options to change.</exception>
    public static void Check(TrpoOptions options, TrainingSizes sizes, int steps, long? available = null)
    {
        var limit = available ?? Available;
        var estimate = new MemoryEstimate(options, sizes, steps);
        if (estimate.LongestArray > Array.MaxLength)
            throw new InvalidOperationException(FormattableString.Invariant($"{estimate.Subject} needs an array of {estimate.LongestArray:G4} elements; the maximum is {Array.MaxLength:N0}. {estimate.Advice(limit)}"));
        if (estimate.Total > limit)
            throw new InvalidOperationException(FormattableString.Invariant($"{estimate.Subject} needs about {ByteText.Of(estimate.Total)} of memory ({estimate.Describe(limit)}); this process may use {ByteText.Of(limit)}. {estimate.Advice(limit)}"));
    }

    private string Subject => FormattableString.Invariant($"Training in iterations of {_rows:N0} steps{(Rollouts > 1 ? $", reusing those of {_options.ReusedIterations} earlier ones," : "")}");

    private string Advice(double limit)
    {
        var remedies = new List<string>();
        if (MaxStepsPerIteration(limit) is { } steps)
            remedies.Add(string.Create(CultureInfo.InvariantCulture, $"{LengthOption(steps)} to {steps:N0} or less"));
        if (Rollouts > 1)
            remedies.Add(nameof(TrpoOptions.ReusedIterations));
        if (_sizes.Shards > 1)
            remedies.Add(nameof(TrpoOptions.Shards));
        if (_sizes.Environments > 1 && _sizes.Environments >= _options.MaxStepsPerIteration)
            remedies.Add("the count of LoadFromEnvironment");
        if (_options.Evaluation is { } evaluation && (double)evaluation.Episodes * BytesOfEpisode > Total / 4)
            remedies.Add($"{nameof(TrpoOptions.Evaluation)}.{nameof(EvaluationOptions.Episodes)}");
        remedies.Add($"the widths or the number of {nameof(TrpoOptions.HiddenLayers)}{(HasValueNetwork && _options.ValueFunction.HiddenLayers is not null ? $" and {nameof(TrpoOptions.ValueFunction)}.{nameof(TrpoOptions.HiddenLayers)}" : "")}");
        return $"Lower {string.Join(", or ", remedies)}.";
    }

    // The option that sets the length of the longest iterations, and the other one where it would be larger. By default, the length follows that of the first ones.
    private string LengthOption(int steps) => _options.FinalStepsPerIteration is not { } last || last <= _options.StepsPerIteration
        ? nameof(TrpoOptions.StepsPerIteration)
        : steps < _options.StepsPerIteration ? $"{nameof(TrpoOptions.StepsPerIteration)} and {nameof(TrpoOptions.FinalStepsPerIteration)}" : nameof(TrpoOptions.FinalStepsPerIteration);

    // Null where the steps are not what takes the memory. An iteration is up to 1.5 times as long as the option says.
    private int? MaxStepsPerIteration(double limit)
    {
        var fixedBytes = Overhead * (Parameters + Evaluations + (StateCount * CopiesOfState * FixedBytesOfState));
        var share = Math.Min((limit - fixedBytes) / (Total - fixedBytes), Array.MaxLength / LongestArray) * 0.9;
        var steps = share * _rows / 1.5;
        if (_options.FinalStepsPerIteration is null && _options.TotalSteps / TrpoOptions.MinGrowingIterations > steps)
            steps /= TrpoOptions.DefaultGrowth;
        if (!(steps >= Math.Max(_sizes.Environments, 2)) || share >= 1)
            return null;
        var unit = Math.Pow(10, Math.Floor(Math.Log10(steps)) - 1);
        return (int)(unit < 1 ? Math.Floor(steps) : Math.Floor(steps / unit) * unit);
    }

    private static int Widest(IReadOnlyList<int> layers) => layers.Count == 0 ? 1 : layers.Max();

    private static double Padded(double length) => Math.Ceiling(length / Padding) * Padding;
}
