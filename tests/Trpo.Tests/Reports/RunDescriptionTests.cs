using Trpo.Estimators;
using Trpo.Reports;
using Trpo.Reports.Descriptions;
using Trpo.Tests.Support;

namespace Trpo.Tests.Reports;

public sealed class RunDescriptionTests
{
    private static readonly TrpoOptions Options = new() { TotalSteps = 1234, Seed = 7 };

    [Test]
    public void A_description_is_read_as_it_was_written()
    {
        using var folder = new RunFolder();
        var description = RunDescription.Create("CartPole \"v1\" <ü>", 8, Options) with
        {
            Details = new Dictionary<string, string> { ["purpose"] = "test" },
            Sessions = [new(DateTimeOffset.UnixEpoch, 1), new(DateTimeOffset.UnixEpoch.AddDays(1), 41)],
            Evaluations = [new("the trained one", 3, 100, 1.5, 1.25, 1.75, 0.5), new("the random one", 3, 1, -1e9, double.NaN, double.NaN, double.NaN)],
        };
        description.Save(folder.Path);
        var read = RunDescription.Load(folder.Path);

        Assert.That(read with { Options = description.Options, Details = description.Details, Sessions = description.Sessions, Evaluations = description.Evaluations }, Is.EqualTo(description));
        Assert.That(read.Sessions, Is.EqualTo(description.Sessions));
        Assert.That(read.Evaluations, Is.EqualTo(description.Evaluations));
        Assert.That(read.Details, Is.EqualTo(description.Details));
        Assert.That(TrpoOptionsJson.Read(read.Options.GetRawText()).TotalSteps, Is.EqualTo(1234));
        Assert.That((read.Seed, read.Machine.Cores, read.Machine.VectorBits), Is.EqualTo((7, Environment.ProcessorCount, MachineDescription.Current.VectorBits)));
    }

    [Test]
    public void A_resumed_run_keeps_its_start_and_gains_a_session()
    {
        using var folder = new RunFolder();
        var first = RunDescription.Create("CartPole", 8, Options) with { Started = DateTimeOffset.UnixEpoch };
        folder.Record(Iterations.HealthyRun(5), first);
        folder.Record([Iterations.Healthy(4)], RunDescription.Create("CartPole", 8, Options with { Threads = 1 }));
        folder.Record([Iterations.Healthy(5)]);
        var read = RunDescription.Load(folder.Path);

        Assert.That(read.Sessions.Select(session => session.FirstIteration), Is.EqualTo(new[] { 1, 4, 5 }));
        Assert.That(read.Started, Is.EqualTo(DateTimeOffset.UnixEpoch));
        Assert.That(TrpoOptionsJson.Read(read.Options.GetRawText()).Threads, Is.EqualTo(1));
    }

    [Test]
    public void A_run_that_starts_again_has_one_session_and_its_own_start()
    {
        using var folder = new RunFolder();
        folder.Record(Iterations.HealthyRun(5), RunDescription.Create("CartPole", 8, Options) with { Started = DateTimeOffset.UnixEpoch });
        folder.Record(Iterations.HealthyRun(1), RunDescription.Create("Acrobot", 4, Options));
        var read = RunDescription.Load(folder.Path);

        Assert.That((read.Environment, read.Sessions.Count), Is.EqualTo(("Acrobot", 1)));
        Assert.That(read.Started, Is.GreaterThan(DateTimeOffset.UnixEpoch));
    }

    [TestCase("\"environment\": \"CartPole\"", "\"environment\": \"\"", "'environment'")]
    [TestCase("\"environment\": \"CartPole\"", "\"environment\": null", "environment")]
    [TestCase("\"environments\": 8", "\"environments\": 0", "'environments' must be at least 1")]
    [TestCase("\"environments\": 8", "\"environments\": \"many\"", "environments")]
    [TestCase("\"options\": {", "\"options\": [], \"rest\": {", "'options' must be an object")]
    [TestCase("\"sessions\": []", "\"sessions\": [null]", "'sessions'")]
    [TestCase("\"libraryVersion\"", "\"libraryVersio\"", "libraryVersion")]
    [TestCase("{", "", "not the description")]
    public void A_damaged_description_is_named(string old, string damaged, string complaint)
    {
        using var folder = new RunFolder();
        RunDescription.Create("CartPole", 8, Options).Save(folder.Path);
        var path = Path.Combine(folder.Path, "run.json");
        var text = File.ReadAllText(path);
        var at = text.IndexOf(old, StringComparison.Ordinal);
        Assert.That(at, Is.Not.Negative);
        File.WriteAllText(path, text[..at] + damaged + text[(at + old.Length)..]);

        Assert.That(() => RunDescription.Load(folder.Path), Throws.TypeOf<InvalidDataException>().With.Message.Contains("run.json").And.Message.Contains(complaint));
        Assert.That(() => new RunRecorder(folder.Path), Throws.TypeOf<InvalidDataException>());
    }
}
