using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Trpo.Estimators.Workers;

namespace Trpo.Orleans.Connections;

/// <summary>The transport to workers on the silos of an Orleans cluster.</summary>
internal sealed class OrleansTransport : IWorkerTransport
{
    private readonly IGrainFactory _grains;
    private readonly SlotPlan _slots;

    /// <summary>Creates the transport of a connected client.</summary>
    /// <param name="client">The client.</param>
    /// <param name="time">The source of time.</param>
    /// <param name="lookInterval">The shortest time between two looks at the load of the cluster.</param>
    /// <param name="surveyTimeout">The time within which a silo must answer such a look; one that does not gets no block then.</param>
    public OrleansTransport(IClusterClient client, TimeProvider time, TimeSpan lookInterval, TimeSpan surveyTimeout)
    {
        _grains = client;
        var cluster = client.ServiceProvider.GetRequiredService<IOptions<ClusterOptions>>().Value;
        Name = $"Orleans cluster '{cluster.ClusterId}' (service '{cluster.ServiceId}')";
        var survey = new SiloSurvey(client, client.ServiceProvider.GetRequiredService<IClusterManifestProvider>(), time, surveyTimeout);
        _slots = new SlotPlan(Name, survey.AskAsync, time, lookInterval);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IWorkerConnection Connect(string block)
    {
        ArgumentException.ThrowIfNullOrEmpty(block);
        return new BlockConnection(_grains, _slots, block);
    }
}
