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

    // What the silos knew of each other: a client that has heard of one silo alone must find the others when that one is lost.
    private SiloAddress[] _heard = [];

    /// <summary>Returns the reports of the silos that answer.</summary>
    /// <exception cref="SiloUnavailableException">No silo has answered.</exception>
    public async Task<IReadOnlyDictionary<SiloAddress, SiloReport>> AskAsync() =>
        (await AskAllAsync().ConfigureAwait(false)).Where(answer => answer.Report is not null).ToDictionary(answer => answer.Silo, answer => answer.Report!);

    /// <summary>Asks all silos at once, then those that only other silos knew: a client hears of a new silo within a minute, the silos at once. Those that silos knew in the last survey are asked at once. Silos that have not answered the last survey, though others have, get half a second.</summary>
    /// <returns>The answers, those of silos that did not answer included.</returns>
    /// <exception cref="SiloUnavailableException">No silo has answered.</exception>
    public async Task<IReadOnlyList<SiloAnswer>> AskAllAsync()
    {
        var asked = new HashSet<SiloAddress>();
        var answers = new List<SiloAnswer>();
        for (var silos = SiloGrain.SilosOf(manifests).Union(_heard).ToList(); silos.Count > 0; silos = [.. answers.SelectMany(answer => answer.Report?.Silos ?? []).Where(silo => !asked.Contains(silo)).Distinct()])
        {
            asked.UnionWith(silos);
            answers.AddRange(await Task.WhenAll(silos.Order().Select(AskAsync)).ConfigureAwait(false));
        }

        // Where nobody has answered, silos may be slow rather than lost, and the next survey gives them all of the time again.
        var isAnswered = answers.Exists(answer => answer.Report is not null);
        if (isAnswered)
            _heard = [.. answers.SelectMany(answer => answer.Report?.Silos ?? []).Distinct()];
        _silent = isAnswered ? [.. answers.Where(answer => answer.Report is null).Select(answer => answer.Silo)] : [];
        return isAnswered ? answers : throw new SiloUnavailableException(asked.Count == 0
            ? $"No silo of the cluster has the grains of trainings: call {nameof(SiloBuilderExtensions.AddTrpoWorkers)} on the builders of silos."
            : $"None of {asked.Count} silos has answered ({string.Join("; ", answers.Select(answer => $"{answer.Silo}: {answer.Failure}"))}). Each silo that clients connect to needs {nameof(SiloBuilderExtensions.AddTrpoWorkers)} or {nameof(SiloBuilderExtensions.UseTrpoWorkers)}.");
    }

    private async Task<SiloAnswer> AskAsync(SiloAddress silo)
    {
        var call = grains.GetGrain<ISiloGrain>(WorkerKey.OfSilo(silo)).Report();
        try
        {
            return new SiloAnswer(silo, await call.WaitAsync(_silent.Contains(silo) && timeout > TimeoutOfSilent ? TimeoutOfSilent : timeout, time).ConfigureAwait(false), Failure: null);
        }
        catch (Exception error)
        {
            // A call to a silo that is lost ends in ways of its own (timeouts, rejections, what the silo throws); each means that the silo takes no block now.
            call.Ignore();
            return new SiloAnswer(silo, Report: null, error.Message);
        }
    }
}
