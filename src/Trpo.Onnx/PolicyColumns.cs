namespace Trpo.Onnx;

/// <summary>The columns that a policy reads and writes.</summary>
/// <param name="Observation">The input column, <c>Vector&lt;Single, d&gt;</c>.</param>
/// <param name="Action">
/// The output column of the chosen action: a key of a discrete space, else <c>Vector&lt;Single, k&gt;</c>, with the names of the dimensions as its
/// slot names. The indices of a multi-discrete action are no keys, because one vector of keys cannot have slots of different sizes.
/// </param>
/// <param name="Score">The output column of the probabilities or means, <c>Vector&lt;Single&gt;</c> of the score's length.</param>
public sealed record PolicyColumns(string Observation = "Observation", string Action = "Action", string Score = "Score")
{
    /// <exception cref="ArgumentException">A name is empty, or the action and the score have the same.</exception>
    internal void Check()
    {
        ArgumentException.ThrowIfNullOrEmpty(Observation);
        ArgumentException.ThrowIfNullOrEmpty(Action);
        ArgumentException.ThrowIfNullOrEmpty(Score);
        if (Action == Score)
            throw new ArgumentException($"The columns of the action and of the score are both named '{Action}'.");
    }
}
