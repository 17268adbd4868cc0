using Trpo.Estimators.Foundation;

namespace Trpo.Estimators;

/// <summary>
/// The estimated memory of a training, in bytes, without the environments, the pipeline, a custom baseline, and the activations of a custom network beyond its weight matrices. It is
/// within a factor of two of what trainings take.
/// </summary>
public sealed record TrainingMemory
{
    /// <summary>Gets the memory of the collected steps, those of earlier iterations that are reused among them.</summary>
    public required double Steps { get; init; }

    /// <summary>Gets the memory of the policy's update: advantages, parameters of distributions, activations of the network.</summary>
    public required double PolicyUpdate { get; init; }

    /// <summary>Gets the memory of the value function's fit.</summary>
    public required double ValueFit { get; init; }

    /// <summary>Gets the memory that does not depend on the number of steps: parameters, and vectors of their length.</summary>
    public required double Parameters { get; init; }

    /// <summary>Gets the memory of evaluations during the training; 0 without them.</summary>
    public required double Evaluations { get; init; }

    /// <summary>Gets the memory of checkpoints, and of the state to roll back to.</summary>
    public required double States { get; init; }

    /// <summary>Gets the memory in all, with what the garbage collector and the allocators hold beside it.</summary>
    public required double Total { get; init; }

    /// <summary>Gets the memory on a graphics card, which is not among the others; 0 on the processor. Training does not compare it with the memory of the card.</summary>
    public required double OnDevice { get; init; }

    /// <summary>Gets the memory that the process may use: that of the machine, or of its container.</summary>
    public required double Available { get; init; }

    /// <summary>Returns the memory of each part.</summary>
    public override string ToString() =>
        $"{ByteText.Of(Steps)} for the steps, {ByteText.Of(PolicyUpdate)} for the policy's update, {ByteText.Of(ValueFit)} for the value function's fit, {ByteText.Of(Parameters)} for parameters{(Evaluations > 0 ? $", {ByteText.Of(Evaluations)} for evaluations" : "")}{(States > 0 ? $", {ByteText.Of(States)} for checkpoints and rollbacks" : "")}";
}
