using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Environments;

/// <summary>Comparison of the spaces of environments of one kind.</summary>
internal static class EnvironmentSpaces
{
    /// <summary>Creates the exception for a property that is null.</summary>
    public static EnvironmentException Missing(IEnvironment environment, string property) =>
        new($"Environment {environment.GetType().Name} has no {property}: it is null.");

    /// <summary>Describes a difference between the spaces of an environment and those of the first one; returns null if there is none.</summary>
    /// <param name="observationSpace">The observations of the first environment.</param>
    /// <param name="actionSpace">The actions of the first environment.</param>
    /// <param name="other">The environment to compare.</param>
    public static string? Difference(ObservationSpace observationSpace, ActionSpace actionSpace, IEnvironment other)
    {
        var (observations, actions) = (other.ObservationSpace, other.ActionSpace);
        if (observations is null || observations.Length != observationSpace.Length || observations.Columns.Length != observationSpace.Columns.Length)
            return $"the observations are {observationSpace}, then {observations?.ToString() ?? "null"}";
        foreach (var (column, then) in observationSpace.Columns.Zip(observations.Columns))
        {
            if (!column.HasSameType(then))
                return $"a column of the observations is {column}, then {then}{(column.ToString() == then.ToString() ? " with other names" : "")}";
        }

        if (actions is null || actions.GetType() != actionSpace.GetType() || !actions.ScoreNames.SequenceEqual(actionSpace.ScoreNames))
            return $"the actions are {actionSpace}, then {actions?.ToString() ?? "null"}";
        return actions is BoxActionSpace box && actionSpace is BoxActionSpace first && !(box.Low.SequenceEqual(first.Low) && box.High.SequenceEqual(first.High))
            ? "the bounds of the actions differ"
            : null;
    }
}
