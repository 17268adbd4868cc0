namespace Trpo.Estimators.Evaluation;

/// <summary>The exception that is thrown if a rule throws an exception in an evaluation, or answers what is no action of the environment.</summary>
public sealed class RuleException : Exception
{
    internal RuleException(string message, string rule, int episode, int step, Exception? inner)
        : base(message, inner) => (Rule, Episode, Step) = (rule, episode, step);

    /// <summary>Gets the name of the rule.</summary>
    public string Rule { get; }

    /// <summary>Gets the index of the episode, from 0.</summary>
    public int Episode { get; }

    /// <summary>Gets the number of steps that the episode had made, from 0.</summary>
    public int Step { get; }
}
