using Trpo.Estimators.Workers;
using Trpo.Orleans.Connections;

namespace Trpo.Orleans;

/// <summary>Training on the silos of an Orleans cluster.</summary>
public static class ClusterClientExtensions
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(10), SurveyTimeout = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Returns the workers of the cluster, for the options of a training; <c>with</c> changes their settings. The client stays connected until the training has ended. Within a silo, its
    /// <see cref="IClusterClient"/> service is the client.
    /// </summary>
    /// <remarks>Trainings on one cluster trust each other: each client of the cluster can read, change and end the blocks of all trainings, as <see cref="SiloBuilderExtensions.AddTrpoWorkers"/> says.</remarks>
    /// <param name="client">The connected client.</param>
    public static TrainingWorkers TrpoWorkers(this IClusterClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        return new TrainingWorkers { Transport = new OrleansTransport(client, TimeProvider.System, LookInterval, SurveyTimeout) };
    }
}
