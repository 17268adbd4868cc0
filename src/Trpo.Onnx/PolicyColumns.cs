using Microsoft.ML;
using Trpo.Onnx.Rows;
using Trpo.Runtime.Spaces;

namespace Trpo.Onnx;

/// <summary>The columns that a policy reads and writes.</summary>
/// <param name="Observation">The input column, <c>Vector&lt;Single, d&gt;</c>.</param>
/// <param name="Action">
/// The output column of the chosen action: a key for a discrete space, otherwise <c>Vector&lt;Single, k&gt;</c>, with the names of the dimensions as its
/// slot names. The indices of a multi-discrete action are no keys, because one vector of keys cannot have slots of different sizes.
/// </param>
/// <param name="Score">The output column of the probabilities or means, <c>Vector&lt;Single&gt;</c> of the score's length.</param>
/// <remarks>
/// <c>MulticlassClassification.Evaluate</c> looks for "PredictedLabel" and "Score" unless it is told otherwise: pass <c>predictedLabelColumnName: "Action"</c>, or name the action's column
/// "PredictedLabel" here.
/// </remarks>
public sealed record PolicyColumns(string Observation = "Observation", string Action = "Action", string Score = "Score")
{
    /// <summary>
    /// The output column, <c>Single</c>, of the probability of the chosen action, or of its density in a box (infinite if it is too large for the type, as
    /// with a tiny standard deviation); see <see cref="LogProbability"/>. Null, the default, for none.
    /// </summary>
    public string? Probability { get; init; }

    /// <summary>
    /// The output column, <c>Single</c>, of the logarithm of the chosen action's probability, in nats; in a box, of the density of the action within the bounds, where a bound has the probability of
    /// everything that is clipped to it, divided by <see cref="BoxActionSpace.HalfWidth"/>. It is the probability of drawing that action, whether or not the action was drawn, for learning from logs.
    /// NaN if the action is missing. Null, the default, for none.
    /// </summary>
    public string? LogProbability { get; init; }

    /// <summary>
    /// The output column, <c>Vector&lt;Single, k&gt;</c>, of the action of a box before it is clipped to the bounds.
    /// Null, the default, for none.
    /// </summary>
    public string? UnclippedAction { get; init; }

    /// <summary>The output columns in their order, each with the output that it holds.</summary>
    internal IEnumerable<(string Name, PolicyOutput Output)> Outputs
    {
        get
        {
            yield return (Action, PolicyOutput.Action);
            yield return (Score, PolicyOutput.Score);
            if (Probability is not null)
                yield return (Probability, PolicyOutput.Probability);
            if (LogProbability is not null)
                yield return (LogProbability, PolicyOutput.LogProbability);
            if (UnclippedAction is not null)
                yield return (UnclippedAction, PolicyOutput.UnclippedAction);
        }
    }

    /// <summary>Returns the static description of the output columns, that estimators reason with.</summary>
    /// <param name="actions">The space of the policy's actions.</param>
    public SchemaShape GetOutputShape(ActionSpace actions) => PolicySchema.ShapeOf(Outputs, actions);

    /// <summary>Checks the names, and that every output exists for a policy's actions.</summary>
    /// <param name="actions">The space of the policy's actions.</param>
    /// <exception cref="ArgumentException">A name is empty, two outputs have the same name, or an output does not exist in the space of actions.</exception>
    public void Validate(ActionSpace actions)
    {
        ArgumentException.ThrowIfNullOrEmpty(Observation);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, output) in Outputs)
        {
            ArgumentException.ThrowIfNullOrEmpty(name, output.ToString());
            if (!names.Add(name))
                throw new ArgumentException($"Two output columns of the policy are both named '{name}'.");
        }

        if (UnclippedAction is not null && actions is not BoxActionSpace)
            throw new ArgumentException($"There is no column '{UnclippedAction}' of unclipped actions: the actions are {actions}, and only those of a box have bounds.");
    }
}
