using Microsoft.Extensions.DependencyInjection;
using Trpo.Estimators.Workers;
using Trpo.Orleans.Connections;
using Trpo.Orleans.Grains;

namespace Trpo.Orleans;

/// <summary>Training on the silos of an Orleans cluster, and their load.</summary>
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

    /// <summary>Returns the silos of the cluster that have workers or pass calls on to them, in order of their addresses as text, then of their ports, with the blocks of shards that each runs for trainings.</summary>
    /// <param name="client">The connected client, which need not be that of a training.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="SiloUnavailableException">No silo has answered, or none has <see cref="SiloBuilderExtensions.AddTrpoWorkers"/> or <see cref="SiloBuilderExtensions.UseTrpoWorkers"/>.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public static async Task<IReadOnlyList<TrpoWorkerSilo>> GetTrpoWorkersAsync(this IClusterClient client, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        cancellation.ThrowIfCancellationRequested();
        var survey = new SiloSurvey(client, client.ServiceProvider.GetRequiredService<IClusterManifestProvider>(), TimeProvider.System, SurveyTimeout).AskAllAsync();
        survey.Ignore();
        var answers = await survey.WaitAsync(cancellation).ConfigureAwait(false);
        return [.. answers.OrderBy(answer => answer.Silo.Endpoint.Address.ToString(), StringComparer.Ordinal).ThenBy(answer => answer.Silo.Endpoint.Port).Select(SiloOf)];
    }

    /// <summary>Returns the answer of a silo for users of the library.</summary>
    internal static TrpoWorkerSilo SiloOf(SiloAnswer answer) => new()
    {
        Address = answer.Silo.Endpoint.ToString(),
        Capacity = answer.Report?.Capacity ?? 0,
        Blocks = [.. (answer.Report?.Blocks ?? []).Select(BlockOf)],
        Failure = answer.Failure,
    };

    private static TrpoWorkerBlock BlockOf(BlockReport block) => new()
    {
        Training = block.Training,
        Environment = block.Environment ?? "",
        FirstShard = block.FirstShard,
        Shards = block.Shards,
        Environments = block.Environments,
        Begins = block.Begins,
        Steps = block.Steps,
        RolloutTime = block.RolloutTime,
        Restarts = block.Restarts,
        Operation = block.Operation ?? "",
    };
}
