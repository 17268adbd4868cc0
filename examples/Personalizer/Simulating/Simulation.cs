using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Trpo.Examples.Personalizer.Simulating;

/// <summary>A population that asks the service for decisions and rewards them, over HTTP, while the service is killed twice; and the books that must balance in the end.</summary>
internal sealed class Simulation(string database, string folder, int rounds, int decisionsPerRound, TextWriter output)
{
    private const int Callers = 64;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(300);

    private readonly ConcurrentDictionary<string, Entry> _entries = new();

    /// <summary>The mean reward of each round, with rewards that came late or never counted as they were earned.</summary>
    public List<double> Means { get; } = [];

    public ConcurrentQueue<string> Faults { get; } = new();

    public PersonalizerOptions Options { get; } = new() { Database = database, Features = Population.Features, Actions = Population.Actions };

    public async Task RunAsync()
    {
        using var service = new ServiceProcess(new()
        {
            ["Database"] = database,
            ["Versions"] = Path.Combine(folder, "versions"),
            ["Deadline"] = $"{Deadline}",
            ["Grace"] = $"{Grace}",
            ["MinFreshRows"] = "500",
            ["MaxRequestsPerSecond"] = "1000000",
            ["Lease"] = "00:00:02",
            ["Iterations"] = "100",
            ["Window"] = $"{2 * decisionsPerRound}",
            ["Floor"] = "0.1",
        });
        await service.StartAsync();
        output.WriteLine("round  version  mean reward  best possible  lesson");
        for (var round = 0; round < rounds; round++)
            await RunRoundAsync(service, round);
        await CompareAsync(service);
    }

    private async Task RunRoundAsync(ServiceProcess service, int round)
    {
        var next = -1;
        var late = new ConcurrentQueue<Entry>();
        var kill = round == 1 ? KillAsync(service, () => Volatile.Read(ref next) > decisionsPerRound / 2) : Task.CompletedTask;
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            for (var i = Interlocked.Increment(ref next); i < decisionsPerRound; i = Interlocked.Increment(ref next))
                await LiveAsync(service, round, i, late);
        })));
        await kill;
        await SettledAsync(service);
        foreach (var entry in late)
            await RewardAsync(service, entry, "Late");

        // Killed while it learns; the next one takes the lesson over when the lease has ended.
        var killed = round == 2 ? KillAsync(service, () => true, TimeSpan.FromMilliseconds(400)) : Task.CompletedTask;
        var lesson = await LearnAsync(service);
        await killed;
        var entries = _entries.Values.Where(entry => entry.Round == round).ToList();
        Means.Add(entries.Average(entry => entry.Reward));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{round + 1,5}  {entries[^1].Version,-7}  {Means[^1],11:F3}  {Population.Liked,13:F3}  {lesson}"));
    }

    private async Task LiveAsync(ServiceProcess service, int round, int index, ConcurrentQueue<Entry> late)
    {
        var random = new Random((round * 1_000_003) + index);
        var (x, y) = ((2 * random.NextSingle()) - 1, (2 * random.NextSingle()) - 1);
        var eventId = string.Create(CultureInfo.InvariantCulture, $"{round}-{index}");
        using var answer = await SendAsync(service, "decide", new { Event = eventId, Subject = $"person {index % 1_000}", Context = new { x, y } });
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        if (answer.StatusCode != HttpStatusCode.OK)
        {
            Faults.Enqueue($"{eventId}: {answer.StatusCode}");
            return;
        }

        var action = json.RootElement.GetProperty("action").GetString()!;
        var entry = new Entry(eventId, round, action, json.RootElement.GetProperty("probability").GetDouble(), json.RootElement.GetProperty("version").GetString()!, random.NextDouble() < Population.Chance(x, y, action, round) ? 1 : 0);
        _entries[eventId] = entry;

        // Half of those without a reward say nothing. Of the others, some are late, and some say it twice.
        var fate = random.NextDouble();
        if (entry.Reward == 0 && fate < 0.5)
            return;
        entry.IsSent = true;
        if (fate > 0.99)
        {
            late.Enqueue(entry);
            return;
        }

        var first = await RewardAsync(service, entry, "Joined", "Repeated", "Late");
        entry.IsLate = first == "Late";
        if (fate > 0.97)
            await RewardAsync(service, entry, "Repeated");
        if (fate is > 0.96 and < 0.97)
        {
            using var contradiction = await SendAsync(service, $"reward/{eventId}", new { Value = 7 });
            if (contradiction.StatusCode != HttpStatusCode.Conflict)
                Faults.Enqueue($"{eventId}: a second reward got {contradiction.StatusCode}");
        }
    }

    private async Task<string> RewardAsync(ServiceProcess service, Entry entry, params string[] expected)
    {
        using var answer = await SendAsync(service, $"reward/{entry.Event}", new { Value = entry.Reward });
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        var said = json.RootElement.TryGetProperty("answer", out var text) ? text.GetString()! : $"{answer.StatusCode}";
        if (!expected.Contains(said))
            Faults.Enqueue($"{entry.Event}: the reward got {said}, and not {string.Join(" or ", expected)}");
        if (expected is ["Late"])
            entry.IsLate = true;
        return said;
    }

    private static async Task SettledAsync(ServiceProcess service)
    {
        while (true)
        {
            using var report = JsonDocument.Parse(await service.Admin.GetStringAsync("report"));
            if (report.RootElement.GetProperty("counts").GetProperty("pending").GetInt64() == 0)
                return;
            await Task.Delay(100);
        }
    }

    private static async Task<string> LearnAsync(ServiceProcess service)
    {
        while (true)
        {
            try
            {
                using var answer = await service.Admin.PostAsync("learn", null);
                if (answer.IsSuccessStatusCode)
                {
                    using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
                    var verdict = json.RootElement.GetProperty("verdict").GetString()!;
                    if (verdict != "Busy")
                        return verdict;
                }
            }
            catch (HttpRequestException)
            {
                // Killed: another process is about to be there.
            }

            await Task.Delay(200);
        }
    }

    // A caller sends again until it has an answer, always with the same event.
    private static async Task<HttpResponseMessage> SendAsync(ServiceProcess service, string path, object body)
    {
        while (true)
        {
            try
            {
                var answer = await service.Client.PostAsJsonAsync(path, body);
                if (answer.StatusCode != HttpStatusCode.ServiceUnavailable)
                    return answer;
                answer.Dispose();
            }
            catch (HttpRequestException)
            {
                // Killed: another process is about to be there.
            }

            await Task.Delay(100);
        }
    }

    private async Task KillAsync(ServiceProcess service, Func<bool> isTime, TimeSpan after = default)
    {
        while (!isTime())
            await Task.Delay(5);
        await Task.Delay(after);
        service.Kill();
        output.WriteLine("       (killed)");
        await service.StartAsync();
    }

    // Row by row: what callers were told against what is on record, and the report against the rows.
    private async Task CompareAsync(ServiceProcess service)
    {
        await SettledAsync(service);
        await using var tables = new Database(Options);
        var decisions = (await tables.QueryAsync("SELECT event, action, probability, version FROM decision")).ToDictionary(row => (string)row[0]!);
        var rewards = (await tables.QueryAsync("SELECT event, value, late FROM reward")).ToDictionary(row => (string)row[0]!);
        foreach (var entry in _entries.Values)
        {
            if (!decisions.Remove(entry.Event, out var row) || (string)row[1]! != entry.Action || (double)row[2]! != entry.Probability || (string)row[3]! != entry.Version)
                Faults.Enqueue($"{entry.Event}: the decision on record is not the one that was answered");
            if (entry.IsSent != rewards.Remove(entry.Event, out var reward) || (reward is not null && ((double)reward[1]! != entry.Reward || Convert.ToInt32(reward[2], CultureInfo.InvariantCulture) != (entry.IsLate ? 1 : 0))))
                Faults.Enqueue($"{entry.Event}: the reward on record is not the one that was sent");
        }

        foreach (var left in decisions.Keys.Concat(rewards.Keys))
            Faults.Enqueue($"{left}: on record, and nobody was told");
        using var report = JsonDocument.Parse(await service.Admin.GetStringAsync("report"));
        foreach (var version in report.RootElement.GetProperty("versions").EnumerateArray())
        {
            var own = _entries.Values.Where(entry => entry.Version == version.GetProperty("name").GetString()).ToList();
            var (count, mean) = (version.GetProperty("decisions").GetInt64(), version.GetProperty("mean").GetDouble());
            var joined = own.Sum(entry => entry is { IsSent: true, IsLate: false } ? entry.Reward : 0);
            if (own.Count != count || Math.Abs(joined - (mean * count)) > 1e-6)
                Faults.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{version.GetProperty("name")}: the report has {count} decisions with {mean * count:F0} rewards, and callers had {own.Count} with {joined}"));
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_entries.Count} decisions, {_entries.Values.Count(entry => entry.IsSent)} rewards, {_entries.Values.Count(entry => entry.IsLate)} of them late; {Faults.Count} faults"));
        foreach (var fault in Faults.Take(10))
            output.WriteLine(fault);
    }

    private sealed record Entry(string Event, int Round, string Action, double Probability, string Version, double Reward)
    {
        public bool IsSent { get; set; }

        public bool IsLate { get; set; }
    }
}
