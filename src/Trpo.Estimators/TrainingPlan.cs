using System.Globalization;
using Trpo.Estimators.Foundation;
using Trpo.Estimators.Networks;

namespace Trpo.Estimators;

/// <summary>The sizes of a training that has not begun: steps, updates, networks, engines and memory. <see cref="ToString"/> describes them in some lines.</summary>
public sealed record TrainingPlan
{
    /// <summary>Gets the name of the environment.</summary>
    public required string Environment { get; init; }

    /// <summary>Gets the number of environments.</summary>
    public required int Environments { get; init; }

    /// <summary>Gets the number of environment steps, over all environments: <see cref="TrpoOptions.TotalSteps"/>, rounded up to a multiple of their number.</summary>
    public required int TotalSteps { get; init; }

    /// <summary>Gets the number of updates of the policy, which is that of the iterations. Training makes fewer if it ends early.</summary>
    public required int Updates { get; init; }

    /// <summary>Gets the number of environment steps of the first iteration.</summary>
    public required int FirstIterationSteps { get; init; }

    /// <summary>Gets the number of environment steps of the last iteration, which is one of the longest.</summary>
    public required int LastIterationSteps { get; init; }

    /// <summary>Gets the number of earlier iterations whose steps an update reuses.</summary>
    public required int ReusedIterations { get; init; }

    /// <summary>Gets the number of rows of the largest update: the steps of the longest iterations, and as many for each iteration that is reused.</summary>
    public required long MaxRows { get; init; }

    /// <summary>Gets the number of shards (<see cref="TrpoOptions.Shards"/>). Training has one where environments turn out to step asynchronously, and as many as the checkpoint that it resumes from.</summary>
    public required int Shards { get; init; }

    /// <summary>Gets the widths of the policy's network: inputs, hidden layers, outputs. Those of a network of your own are read off its weights.</summary>
    public required IReadOnlyList<int> PolicyWidths { get; init; }

    /// <summary>Gets the number of the policy's parameters.</summary>
    public required long PolicyParameters { get; init; }

    /// <summary>Gets the engine that computes the policy's network.</summary>
    public required TrainingEngine PolicyEngine { get; init; }

    /// <summary>Gets the widths of the value function's network; empty for a <see cref="TrpoOptions.Baseline"/> of your own.</summary>
    public required IReadOnlyList<int> ValueWidths { get; init; }

    /// <summary>Gets the number of the value function's parameters; 0 for a <see cref="TrpoOptions.Baseline"/> of your own.</summary>
    public required long ValueParameters { get; init; }

    /// <summary>Gets the engine that computes the value function; null for a <see cref="TrpoOptions.Baseline"/> of your own.</summary>
    public required TrainingEngine? ValueEngine { get; init; }

    /// <summary>Gets the device of the networks, such as <c>cpu</c> or <c>cuda:0</c>.</summary>
    public required string Device { get; init; }

    /// <summary>Gets the memory.</summary>
    public required TrainingMemory Memory { get; init; }

    /// <summary>Describes the sizes, one line for each kind.</summary>
    public override string ToString() => string.Join('\n',
    [
        string.Create(CultureInfo.InvariantCulture, $"Environment: {Environment}, {Environments:N0} at once"),
        string.Create(CultureInfo.InvariantCulture, $"Steps: {TotalSteps:N0}, with {Updates:N0} updates of the policy after {Lengths()}"),
        string.Create(CultureInfo.InvariantCulture, $"Rows of an update: up to {MaxRows:N0}{(ReusedIterations > 0 ? string.Create(CultureInfo.InvariantCulture, $", with those of {ReusedIterations} earlier iterations") : "")}{(Shards > 1 ? string.Create(CultureInfo.InvariantCulture, $", in {Shards:N0} shards") : "")}"),
        $"Policy: {Network(PolicyWidths, PolicyParameters, PolicyEngine)}",
        $"Value function: {(ValueEngine is { } engine ? Network(ValueWidths, ValueParameters, engine) : "your own")}",
        $"Memory: about {ByteText.Of(Memory.Total)} of {ByteText.Of(Memory.Available)} ({Memory}){(Memory.OnDevice > 0 ? $", and {ByteText.Of(Memory.OnDevice)} on {Device}" : "")}; {ByteText.Of((Memory.Steps + Memory.PolicyUpdate + Memory.ValueFit) / MaxRows)} for a row of an update",
    ]);

    private string Lengths() => FirstIterationSteps == LastIterationSteps
        ? string.Create(CultureInfo.InvariantCulture, $"{FirstIterationSteps:N0} steps each")
        : string.Create(CultureInfo.InvariantCulture, $"{FirstIterationSteps:N0} steps at first and {LastIterationSteps:N0} at the end");

    private string Network(IReadOnlyList<int> widths, long parameters, TrainingEngine engine) =>
        string.Create(CultureInfo.InvariantCulture, $"{string.Join('-', widths)}, {parameters:N0} parameters, computed by {(engine == TrainingEngine.Managed ? "managed code" : $"TorchSharp on {Device}")}");
}
