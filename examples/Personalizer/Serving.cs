using System.Diagnostics;
using System.Diagnostics.Metrics;
using Trpo.Onnx;
using Trpo.Onnx.Hosting;
using Trpo.Runtime.Decisions;
using Trpo.Runtime.Spaces;

namespace Trpo.Examples.Personalizer;

/// <summary>Decisions by the current version, which follows the deployments in the database while it serves.</summary>
internal sealed class Serving(PersonalizerOptions options, Database database, DecisionLog log, TimeProvider clock) : IDisposable
{
    public const string Untrained = "uniform";

    public static readonly ActivitySource Activities = new("Personalizer");
    private static readonly Meter Meter = new("Personalizer");
    public static readonly Counter<long> Decisions = Meter.CreateCounter<long>("personalizer.decisions");
    public static readonly Counter<long> Rewards = Meter.CreateCounter<long>("personalizer.rewards");

    private readonly SemaphoreSlim _following = new(1);
    private PolicyHost _host = null!;
    private string _sha256 = "";

    public PolicyVersions Versions { get; } = new(options.Versions);

    public PolicyVersion? Current { get; private set; }

    /// <summary>Deploys the uniform policy if nothing was deployed yet, and serves what is.</summary>
    public async Task StartAsync()
    {
        var observations = ObservationSpace.Unbounded(options.Features.Length + options.Actions.Length);
        var first = Versions.Add(UniformPolicy.Create(observations, (DiscreteActionSpace)ActionSpace.Discrete(options.Actions), hasActionMask: true));
        await database.WriteAsync(
            (connection, transaction) => Database.ExecuteAsync(connection, transaction, "INSERT INTO deployment (number, time_ms, name, version, sha256, reason) VALUES (1, @p0, @p1, @p2, @p3, 'first') ON CONFLICT DO NOTHING", clock.GetUtcNow().ToUnixTimeMilliseconds(), Untrained, first.Number, first.Sha256),
            CancellationToken.None);
        await FollowAsync();
    }

    /// <summary>Serves the version that the database says is deployed. A process that was killed between the deployment and this is set right by the next one.</summary>
    public async Task FollowAsync()
    {
        await _following.WaitAsync();
        try
        {
            var row = (await database.QueryAsync("SELECT version, sha256 FROM deployment ORDER BY number DESC LIMIT 1")).Single();
            if ((string)row[1]! == _sha256)
                return;
            var deployed = new PolicyVersion(Convert.ToInt32(row[0]), (string)row[1]!);
            var session = PolicySession.Open(Versions.Read(deployed));
            if (_host is null)
                _host = new PolicyHost(session);
            else
                _host.Replace(session);
            (_sha256, Current) = (deployed.Sha256, deployed);
            if (Versions.Current != deployed)
                Versions.SetCurrent(deployed);
        }
        finally
        {
            _following.Release();
        }
    }

    /// <summary>Draws an action, puts it on record, and then returns it.</summary>
    public async Task<Decision> DecideAsync(string eventId, string? subject, float[] context, bool[] eligible, CancellationToken cancellation)
    {
        using var activity = Activities.StartActivity("decide");
        var decision = Draw(eventId, subject, context, eligible);
        decision = await log.RecordAsync(decision, cancellation);
        activity?.SetTag("personalizer.version", decision.Version);
        Decisions.Add(1, new KeyValuePair<string, object?>("version", decision.Version));
        return decision;
    }

    public void Dispose()
    {
        _host?.Dispose();
        _following.Dispose();
    }

    private Decision Draw(string eventId, string? subject, float[] context, bool[] eligible)
    {
        using var session = _host.Share();
        using var batch = session.CreateBatch(1, ActionSelection.Sample(floor: options.Floor));
        var observation = batch.Observation(0);
        context.CopyTo(observation);
        for (var i = 0; i < eligible.Length; i++)
            observation[context.Length + i] = eligible[i] ? 1 : 0;
        batch.Run(1);
        return new Decision
        {
            Event = eventId,
            Subject = subject,
            Time = clock.GetUtcNow(),
            Context = [.. context],
            Eligible = [.. eligible],
            Action = batch.Choice(0),
            Probability = Math.Min(1, Math.Exp(batch.LogProbability(0))),
            Version = session.Metadata.Provenance.GetValueOrDefault("version") ?? Untrained,
        };
    }
}
