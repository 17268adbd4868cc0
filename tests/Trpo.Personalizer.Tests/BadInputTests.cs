using System.Net;
using Trpo.Examples.Personalizer.Simulating;

namespace Trpo.Personalizer.Tests;

/// <summary>Requests that are malformed, oversized, repeated, late, unknown or without a key, over HTTP.</summary>
[TestFixture("SQLite")]
[TestFixture("PostgreSQL")]
public sealed class BadInputTests(string kind)
{
    private TestDatabase _database = null!;
    private ServiceProcess _service = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _database = await TestDatabase.CreateAsync(kind);
        _service = new ServiceProcess(_database.Settings(("Telemetry", "true"), ("Deadline", "00:00:00.5"), ("Grace", "00:00:00")));
        await _service.StartAsync();
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        _service?.Dispose();
        if (_database is not null)
            await _database.DisposeAsync();
    }

    [TestCase("{", "not the JSON")]
    [TestCase("[]", "not the JSON")]
    [TestCase("""{"context":{"x":1,"y":2},"hint":1}""", "not the JSON")]
    [TestCase("""{"context":{"x":"NaN","y":2}}""", "not the JSON")]
    [TestCase("""{"context":{"x":1e999,"y":2}}""", "finite number for each of x, y")]
    [TestCase("""{"context":{"x":1}}""", "finite number for each of x, y")]
    [TestCase("""{"context":{"x":1,"y":2,"z":3}}""", "and nothing else")]
    [TestCase("""{}""", "finite number")]
    [TestCase("""{"context":{"x":1,"y":2},"event":"a b"}""", "letters, digits")]
    [TestCase("""{"context":{"x":1,"y":2},"event":""}""", "letters, digits")]
    [TestCase("""{"context":{"x":1,"y":2},"subject":""}""", "subject")]
    [TestCase("""{"context":{"x":1,"y":2},"subject":"a\u0000b"}""", "control characters")]
    [TestCase("""{"context":{"x":1,"y":2},"eligible":[]}""", "one or more of red, green, blue")]
    [TestCase("""{"context":{"x":1,"y":2},"eligible":["pink"]}""", "one or more of red, green, blue")]
    public async Task Malformed_question_is_refused_with_the_reason(string body, string reason)
    {
        var (status, text) = await _service.Client.PostAsync("decide", body);

        Assert.That(status, Is.EqualTo(HttpStatusCode.BadRequest), text);
        Assert.That(text, Does.Contain(reason));
    }

    [Test]
    public async Task Oversized_request_is_refused()
    {
        var answer = await _service.Client.PostAsync("decide", $$"""{"subject":"{{new string('a', 20_000)}}"}""");

        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.RequestEntityTooLarge));
    }

    [Test]
    public async Task Keys_open_their_own_doors_only()
    {
        using var stranger = new HttpClient { BaseAddress = _service.Address };
        foreach (var client in new[] { stranger, _service.Admin })
        {
            Assert.That((await client.PostAsync("decide", "{")).Status, Is.EqualTo(HttpStatusCode.Unauthorized), "before the body is read");
            Assert.That((await client.RewardAsync("any", "1")).Status, Is.EqualTo(HttpStatusCode.Unauthorized));
        }

        foreach (var client in new[] { stranger, _service.Client })
        {
            foreach (var path in new[] { "learn", "rollback", "delete" })
                Assert.That((await client.PostAsync(path, "{}")).Status, Is.EqualTo(HttpStatusCode.Unauthorized), path);
            using var report = await client.GetAsync(new Uri("report", UriKind.Relative));
            Assert.That(report.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
        }
    }

    [Test]
    public async Task Question_that_is_sent_twice_has_one_answer_and_another_one_of_its_event_is_refused()
    {
        var first = await _service.Client.DecideAsync("twice");
        var again = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _service.Client.DecideAsync("twice")));

        Assert.That(first.Status, Is.EqualTo(HttpStatusCode.OK), first.Text);
        Assert.That(again.Select(answer => answer.Text), Is.All.EqualTo(first.Text));
        Assert.That((await _service.Client.DecideAsync("twice", x: -0.5)).Status, Is.EqualTo(HttpStatusCode.Conflict));
    }

    [Test]
    public async Task Only_eligible_actions_are_taken_and_their_probabilities_add_up()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => _service.Client.DecideAsync($"eligible-{i}", eligible: """["green","blue"]""")));

        Assert.That(answers.Select(answer => answer.Json().GetProperty("action").GetString()).Distinct(), Is.EquivalentTo(new[] { "green", "blue" }));
        Assert.That(answers.Select(answer => answer.Json().GetProperty("probability").GetDouble()), Is.All.EqualTo(0.5).Within(1e-6));
    }

    [Test]
    public async Task Rewards_that_are_unknown_malformed_repeated_contradicted_or_late_have_clear_answers()
    {
        await _service.Client.DecideAsync("paid");
        await _service.Client.DecideAsync("slow");
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _service.Client.RewardAsync("paid", "1")));

        Assert.That(answers.Count(answer => answer.Text.Contains("Joined", StringComparison.Ordinal)), Is.EqualTo(1));
        Assert.That(answers.Count(answer => answer.Text.Contains("Repeated", StringComparison.Ordinal)), Is.EqualTo(19));
        Assert.That((await _service.Client.RewardAsync("paid", "2")).Status, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That((await _service.Client.RewardAsync("nobody", "1")).Status, Is.EqualTo(HttpStatusCode.NotFound));
        foreach (var value in new[] { "null", "\"1\"", "1e999", "\"NaN\"" })
            Assert.That((await _service.Client.RewardAsync("paid", value)).Status, Is.EqualTo(HttpStatusCode.BadRequest), value);

        await using var tables = _database.Open();
        await _service.Admin.SettledAsync();
        Assert.That((await _service.Client.RewardAsync("slow", "1")).Text, Does.Contain("Late"));
        Assert.That((await _service.Client.RewardAsync("slow", "1")).Text, Does.Contain("Repeated"));
        Assert.That((await tables.QueryAsync("SELECT event, value, late FROM reward WHERE event IN ('paid', 'slow') ORDER BY event")).Select(row => string.Join(' ', row)), Is.EqualTo(["paid 1 0", "slow 1 1"]));
    }

    [Test]
    public async Task Subjects_and_old_decisions_are_deleted_with_their_rewards_and_counted()
    {
        await _service.Client.DecideAsync("gone", subject: "leaver");
        await _service.Client.RewardAsync("gone", "1");
        foreach (var body in new[] { "{}", """{"subject":"a","olderThanDays":1}""", """{"olderThanDays":-1}""", "{" })
            Assert.That((await _service.Admin.PostAsync("delete", body)).Status, Is.EqualTo(HttpStatusCode.BadRequest), body);

        Assert.That((await _service.Admin.PostAsync("delete", """{"subject":"leaver"}""")).Json().GetProperty("deleted").GetInt32(), Is.EqualTo(1));
        Assert.That((await _service.Admin.PostAsync("delete", """{"olderThanDays":1}""")).Json().GetProperty("deleted").GetInt32(), Is.EqualTo(0));
        Assert.That((await _service.Client.RewardAsync("gone", "1")).Status, Is.EqualTo(HttpStatusCode.NotFound));
        await using var tables = _database.Open();
        Assert.That(await tables.QueryAsync("SELECT event FROM reward WHERE event = 'gone'"), Is.Empty);
        Assert.That((await tables.QueryAsync("SELECT reason FROM deletion WHERE decisions = 1")).Select(row => row[0]), Does.Contain("subject"));
    }

    [Test]
    public async Task Lessons_and_rollbacks_without_ground_say_so()
    {
        Assert.That((await _service.Admin.PostAsync("learn", "")).Json().GetProperty("verdict").GetString(), Is.EqualTo("TooFew"));
        Assert.That((await _service.Admin.PostAsync("rollback", "")).Json().GetProperty("verdict").GetString(), Is.EqualTo("None"));
    }

    [Test]
    public async Task Nothing_personal_is_in_logs_and_traces()
    {
        const string Subject = "alice@example.org";
        await _service.Client.DecideAsync("private", x: 0.123456, subject: Subject);
        await _service.Client.DecideAsync("private", x: 0.654321, subject: Subject);
        await _service.Client.PostAsync("decide", $$"""{"subject":"{{Subject}}","context":7}""");
        await _service.Admin.PostAsync("delete", $$"""{"subject":"{{Subject}}"}""");
        while (!_service.Output.Any(line => line.Contains("personalizer.version", StringComparison.Ordinal)))
            await Task.Yield();

        Assert.That(_service.Output.Where(line => line.Contains("alice", StringComparison.Ordinal) || line.Contains("123456", StringComparison.Ordinal) || line.Contains(ServiceProcess.Key, StringComparison.Ordinal)), Is.Empty);
    }
}
