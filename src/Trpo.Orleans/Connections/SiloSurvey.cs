using Trpo.Orleans.Grains;
using Trpo.Orleans.Placement;

namespace Trpo.Orleans.Connections;

/// <summary>Asks the silos of a cluster for their load. Silos that do not answer soon are left out: they are lost, or too busy to take a block.</summary>
/// <param name="grains">The grains of the cluster.</param>
/// <param name="manifests">The grains that each silo has, as the client knows them.</param>
internal sealed class SiloSurvey(IGrainFactory grains, IClusterManifestProvider manifests)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    /// <summary>Asks all silos at once, then those that only other silos knew: a client hears of a new silo within a minute, the silos at once.</summary>
    /// <exception cref="SiloUnavailableException">No silo has answered.</exception>
    public async Task<IReadOnlyDictionary<SiloAddress, SiloReport>> AskAsync()
    {
        var asked = new HashSet<SiloAddress>();
        var reports = new Dictionary<SiloAddress, SiloReport>();
        var failures = new List<string>();
        for (var silos = SiloGrain.SilosOf(manifests).ToList(); silos.Count > 0; silos = [.. reports.Values.SelectMany(report => report.Silos).Where(silo => !asked.Contains(silo)).Distinct()])
        {
            asked.UnionWith(silos);
            foreach (var (silo, report, failure) in await Task.WhenAll(silos.Order().Select(AskAsync)).ConfigureAwait(false))
            {
                if (report is not null)
                    reports.Add(silo, report);
                else
                    failures.Add($"{silo}: {failure}");
            }
        }

        return reports.Count > 0 ? reports : throw new SiloUnavailableException(asked.Count == 0
            ? $"No silo of the cluster has the grains of trainings: call {nameof(SiloBuilderExtensions.AddTrpoWorkers)} on the builders of silos."
            : $"None of {asked.Count} silos has answered ({string.Join("; ", failures)}). Each silo that clients connect to needs {nameof(SiloBuilderExtensions.AddTrpoWorkers)} or {nameof(SiloBuilderExtensions.UseTrpoWorkers)}.");
    }

    private async Task<(SiloAddress Silo, SiloReport? Report, string Failure)> AskAsync(SiloAddress silo)
    {
        var call = grains.GetGrain<ISiloGrain>(WorkerKey.OfSilo(silo)).Report();
        try
        {
            return (silo, await call.WaitAsync(Timeout).ConfigureAwait(false), "");
        }
        catch (Exception error)
        {
            // A call to a silo that is lost ends in ways of its own (timeouts, rejections, what the silo throws); each means that the silo takes no block now.
            call.Ignore();
            return (silo, null, error.Message);
        }
    }
}
