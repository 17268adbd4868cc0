using System.Net;
using Microsoft.Data.Sqlite;
using Trpo.Examples.Personalizer.Simulating;

namespace Trpo.Personalizer.Tests;

/// <summary>Databases that are full, or away; and callers that ask too often.</summary>
public sealed class FailureTests
{
    [Test]
    public async Task Nothing_is_decided_while_sqlite_is_locked_and_all_goes_on_afterwards()
    {
        await using var database = await TestDatabase.CreateAsync("SQLite");
        using var service = new ServiceProcess(database.Settings());
        await service.StartAsync();
        await using var locker = new SqliteConnection(database.ConnectionString);
        await locker.OpenAsync();
        await using (var transaction = locker.BeginTransaction(deferred: false))
        {
            var refused = await service.Client.DecideAsync("a");
            Assert.That(refused.Status, Is.EqualTo(HttpStatusCode.ServiceUnavailable), refused.Text);
            Assert.That(refused.Text, Does.Contain("nothing was decided").And.Contain("same event"));
        }

        Assert.That((await service.Client.DecideAsync("a")).Status, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Nothing_is_decided_while_postgres_is_away_and_all_goes_on_afterwards()
    {
        await using var database = await TestDatabase.CreateAsync("PostgreSQL");
        using var service = new ServiceProcess(database.Settings());
        await service.StartAsync();
        Assert.That((await service.Client.DecideAsync("a")).Status, Is.EqualTo(HttpStatusCode.OK));
        await database.CloseAsync();
        Assert.That((await service.Client.DecideAsync("b")).Status, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That((await service.Client.RewardAsync("a", "1")).Status, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        await database.ReopenAsync();
        (HttpStatusCode Status, string Text) again;
        do
        {
            // Connections that were ended are found one by one.
            again = await service.Client.DecideAsync("b");
        }
        while (again.Status == HttpStatusCode.ServiceUnavailable);

        Assert.That(again.Status, Is.EqualTo(HttpStatusCode.OK), again.Text);
        await using var tables = database.Open();
        Assert.That(await tables.QueryAsync("SELECT event FROM decision"), Has.Count.EqualTo(2));
    }

    [Test]
    [Platform(Exclude = "Win")]
    public async Task Full_disk_refuses_decisions_and_loses_none_that_was_answered()
    {
        await using var database = await TestDatabase.CreateAsync("SQLite");

        // No file may grow above half a megabyte, as on a disk without room. The runtime's own file of code would.
        using var service = new ServiceProcess(database.Settings(), "trap '' XFSZ; ulimit -f 512; export DOTNET_EnableWriteXorExecute=0;");
        await service.StartAsync();
        var answered = new List<string>();
        (HttpStatusCode Status, string Text) answer = default;
        for (var i = 0; i < 200 && answer.Status != HttpStatusCode.ServiceUnavailable; i++)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(async caller => (Event: $"{i}-{caller}", Answer: await service.Client.DecideAsync($"{i}-{caller}", subject: new string('s', 100)))));
            answered.AddRange(answers.Where(each => each.Answer.Status == HttpStatusCode.OK).Select(each => each.Event));
            answer = answers.Select(each => each.Answer).MaxBy(each => each.Status);
        }

        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.ServiceUnavailable), answer.Text);
        service.Kill();
        await using var tables = database.Open();
        var recorded = (await tables.QueryAsync("SELECT event FROM decision")).Select(row => (string)row[0]!).ToHashSet();
        Assert.That(answered, Has.Count.GreaterThan(100));
        Assert.That(answered.Where(each => !recorded.Contains(each)), Is.Empty);
    }

    [Test]
    public async Task Callers_that_ask_too_often_are_told_so()
    {
        await using var database = await TestDatabase.CreateAsync("SQLite");
        using var service = new ServiceProcess(database.Settings(("MaxRequestsPerSecond", "5")));
        await service.StartAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => service.Client.DecideAsync($"{i}")));

        Assert.That(answers.Count(answer => answer.Status == HttpStatusCode.TooManyRequests), Is.GreaterThan(10));
        Assert.That(answers.Select(answer => answer.Status).Distinct(), Is.SubsetOf(new[] { HttpStatusCode.OK, HttpStatusCode.TooManyRequests }));
    }

    [TestCase("Floor", "0", "without exploration")]
    [TestCase("JudgeShare", "1", "JudgeShare must be above 0 and below 1")]
    public async Task Settings_out_of_range_end_the_service_with_their_name(string name, string value, string reason)
    {
        await using var database = await TestDatabase.CreateAsync("SQLite");
        using var service = new ServiceProcess(database.Settings((name, value)));

        Assert.That(service.StartAsync, Throws.InvalidOperationException.With.Message.Contains(reason));
    }
}
