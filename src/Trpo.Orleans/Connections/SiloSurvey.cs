using Trpo.Orleans.Grains;
using Trpo.Orleans.Placement;

namespace Trpo.Orleans.Connections;

/// <summary>Asks the silos of a cluster for their load. Silos that do not answer soon are left out: they are lost, or too busy to take a block.</summary>
/// <param name="grains">The grains of the cluster.</param>
/// <param name="manifests">The grains that each silo has, as the client knows them.</param>
/// <param name="time">The source of time.</param>
/// <param name="timeout">The time within which a silo must answer.</param>
internal sealed class SiloSurvey(IGrainFactory grains, IClusterManifestProvider manifests, TimeProvider time, TimeSpan timeout)
{
    // A silo that is lost stays in the list for some time, and must not hold up each survey of it.
    private static readonly TimeSpan TimeoutOfSilent = TimeSpan.FromSeconds(0.5);

    // Replaced as a whole, so that surveys may overlap.
    private HashSet<SiloAddress> _silent = [];

    /// <summary>Asks all silos at once, then those that only other silos knew: a client hears of a new silo within a minute, the silos at once. Silos that have not answered the last survey have half a second.</summary>
    /// <exception cref="SiloUnavailableException">No silo has answered.</exception>
    public async Task<IReadOnlyDictionary<SiloAddress, SiloReport>> AskAsync()
    {
        var asked = new HashSet<SiloAddress>();
        var reports = new Dictionary<SiloAddress, SiloReport>();
        var failures = new List<string>();
        var silent = new HashSet<SiloAddress>();
        for (var silos = SiloGrain.SilosOf(manifests).ToList(); silos.Count > 0; silos = [.. reports.Values.SelectMany(report => report.Silos).Where(silo => !asked.Contains(silo)).Distinct()])
        {
            asked.UnionWith(silos);
            foreach (var (silo, report, failure) in await Task.WhenAll(silos.Order().Select(AskAsync)).ConfigureAwait(false))
            {
                if (report is not null)
                {
                    reports.Add(silo, report);
                    continue;
                }

                silent.Add(silo);
                failures.Add($"{silo}: {failure}");
            }
        }

        _silent = silent;

        return reports.Count > 0 ? reports : throw new SiloUnavailableException(asked.Count == 0
            ? $"No silo of the cluster has the grains of trainings: call {nameof(SiloBuilderExtensions.AddTrpoWorkers)} on the builders of silos."
            : $"None of {asked.Count} silos has answered ({string.Join("; ", failures)}). Each silo that clients connect to needs {nameof(SiloBuilderExtensions.AddTrpoWorkers)} or {nameof(SiloBuilderExtensions.UseTrpoWorkers)}.");
    }

    private async Task<(SiloAddress Silo, SiloReport? Report, string Failure)> AskAsync(SiloAddress silo)
    {
        var call = grains.GetGrain<ISiloGrain>(WorkerKey.OfSilo(silo)).Report();
        try
        {
            return (silo, await call.WaitAsync(_silent.Contains(silo) && timeout > TimeoutOfSilent ? TimeoutOfSilent : timeout, time).ConfigureAwait(false), "");
        }
        catch (Exception error)
        {
            // A call to a silo that is lost ends in ways of its own (timeouts, rejections, what the silo throws); each means that the silo takes no block now.
            call.Ignore();
            return (silo, null, error.Message);
        }
    }
}
