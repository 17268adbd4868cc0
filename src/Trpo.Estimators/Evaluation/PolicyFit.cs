using Trpo.Estimators.Environments.DataViews;
using Trpo.Onnx;
using Trpo.Onnx.Rows;
using Trpo.Runtime.Graph;

namespace Trpo.Estimators.Evaluation;

/// <summary>The check that a policy, with the transforms in front of it, can act in an environment: the columns that it was trained on and its actions must be those of the environment.</summary>
internal static class PolicyFit
{
    /// <summary>Compares the actions.</summary>
    /// <exception cref="ArgumentException">The policy has another kind or number of actions than the environment takes.</exception>
    public static void CheckActions(PolicyTransformer policy, EnvironmentDataView environment)
    {
        var (actions, taken) = (policy.Metadata.Actions, environment.ActionSpace);

        // The dimensions are compared too: 2 and 3 choices have as many scores as 3 and 2.
        if (actions.GetType() != taken.GetType() || actions.ScoreLength != taken.ScoreLength || !actions.ChoiceCounts.SequenceEqual(taken.ChoiceCounts))
            throw new ArgumentException($"The policy's actions are {actions}, but environment '{environment.Name}' takes {taken}.{TrainedIn(policy)}");
    }

    /// <summary>Creates environments whose observations reach the policy through the transforms in front of it.</summary>
    /// <param name="chain">The policy, and the transforms.</param>
    /// <param name="environment">The view of the environment.</param>
    /// <param name="count">The number of environments, at least 1.</param>
    /// <param name="warn">Receives warnings.</param>
    /// <param name="cancellation">Cancelled if the evaluation is.</param>
    /// <exception cref="ArgumentException">The transforms or the policy do not take the observations; the message compares them with those of the training.</exception>
    /// <exception cref="LockStepException">A transform does not work row by row.</exception>
    public static TransformedVectorEnvironment Open(PolicyChain chain, EnvironmentDataView environment, int count, Action<string> warn, CancellationToken cancellation)
    {
        var name = chain.Policy.Columns.Observation;
        try
        {
            var data = chain.Preprocess(environment);
            var column = PolicySchema.FindObservation(data.Schema, name, chain.Policy.Metadata.Observations.Length, environment.CombiningAdvice(name));
            return new TransformedVectorEnvironment(environment, count, data, column, warn, cancellation: cancellation);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException and not LockStepException && Difference(chain, environment) is not null)
        {
            throw Refusal(chain, environment, exception);
        }
    }

    /// <summary>Describes the columns that the policy was trained on and that the environment does not have, and those that it has instead; returns null if all are there.</summary>
    /// <remarks>A difference alone is no error: a transform may take vectors of any length, and none may read the column.</remarks>
    public static string? Difference(PolicyChain chain, EnvironmentDataView environment)
    {
        var policy = chain.Policy;
        PolicyInputColumn[] trained = [.. policy.Metadata.InputColumns];

        // A policy that was exported alone does not know the raw columns, but reads one if no transform is in front of it.
        if (trained.Length == 0 && chain.Before.Count == 0)
            trained = [new PolicyInputColumn(policy.Columns.Observation, PolicyInputType.Single, policy.Metadata.Observations.Length)];
        PolicyInputColumn[] present = [.. PolicySchema.GetInputColumns(environment.Schema)];
        PolicyInputColumn[] missing = [.. trained.Except(present)];
        if (missing.Length == 0)
            return null;
        PolicyInputColumn[] instead = [.. present.Where(column => missing.Any(other => other.Name == column.Name))];
        return $"was trained on {string.Join(", ", missing.AsEnumerable())}, but environment '{environment.Name}' has {string.Join(", ", (instead.Length == missing.Length ? instead : present).AsEnumerable())}";
    }

    /// <summary>Creates the exception for a policy that failed on the columns of an environment.</summary>
    /// <param name="chain">The policy, and the transforms.</param>
    /// <param name="environment">The view of the environment.</param>
    /// <param name="exception">The failure.</param>
    public static ArgumentException Refusal(PolicyChain chain, EnvironmentDataView environment, Exception exception) =>
        new($"The policy {Difference(chain, environment)}.{TrainedIn(chain.Policy)} LoadFromEnvironment names the column of an environment that has only one (observationColumnName).", exception);

    private static string TrainedIn(PolicyTransformer policy) => policy.Metadata.Provenance.TryGetValue("environment", out var name) ? $" It was trained in environment '{name}'." : "";
}
