using System.Text;
using Trpo.Estimators;
using Trpo.Reports.TensorBoard;
using Trpo.Tests.Support;

namespace Trpo.Tests.Reports;

public sealed class EventFileTests
{
    [Test]
    public void The_checksum_of_nine_digits_is_the_published_one()
    {
        var digits = Encoding.ASCII.GetBytes("123456789");

        Assert.That(RecordFile.Checksum(digits), Is.EqualTo(0xE3069283));
        Assert.That(EventRecord.Crc32C(digits), Is.EqualTo(0xE3069283));
        Assert.That(RecordFile.MaskedChecksum(digits), Is.EqualTo(EventRecord.Mask(0xE3069283)));
    }

    [Test]
    public void A_file_begins_as_every_event_file_does()
    {
        using var folder = new RunFolder();
        folder.Record([Iterations.Healthy(1)]);
        var file = File.ReadAllBytes(folder.Events.Single());

        Assert.That(file.Take(12), Is.EqualTo(new byte[] { 0x18, 0, 0, 0, 0, 0, 0, 0, 0xa3, 0x7f, 0x4b, 0x22 }));
        Assert.That(EventRecord.ReadAll(file)[0].FileVersion, Is.EqualTo("brain.Event:2"));
    }

    [Test]
    public void Every_metric_with_a_value_is_written_at_its_environment_step()
    {
        using var folder = new RunFolder();
        var before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1e3;
        var iteration = Iterations.Healthy(2) with { MeanReturn = double.NaN, ValueLoss = double.PositiveInfinity };
        folder.Record([Iterations.Healthy(1), iteration]);
        var events = EventRecord.ReadAll(File.ReadAllBytes(folder.Events.Single()));

        Assert.That(events, Has.Count.EqualTo(3));
        Assert.That(events[2].Step, Is.EqualTo(1000));
        Assert.That(events[2].WallTime, Is.InRange(before, before + 60));
        Assert.That(events[2].Values.Keys, Is.EquivalentTo(TrpoMetric.All.Select(metric => metric.Tag).Where(tag => tag is not ("episode/return" or "evaluation/return"))));
        Assert.That(events[2].Values["policy/kl"], Is.EqualTo(0.009f));
        Assert.That(events[2].Values["value/loss"], Is.EqualTo(float.PositiveInfinity));
        Assert.That(events.Select(entry => entry.SessionStatus), Has.All.Null);
    }

    [Test]
    public void A_resumed_run_opens_a_new_file_that_purges_repeated_steps()
    {
        using var folder = new RunFolder();
        folder.Record(Iterations.HealthyRun(5));
        folder.Record([Iterations.Healthy(4), Iterations.Healthy(5)]);

        var files = folder.Events;
        Assert.That(files, Has.Length.EqualTo(2));
        var events = EventRecord.ReadAll(File.ReadAllBytes(files[1]));
        Assert.That(events.Select(entry => (entry.FileVersion, entry.SessionStatus, entry.Step)),
            Is.EqualTo(new (string?, int?, long)[] { ("brain.Event:2", null, 0), (null, 1, 1501), (null, null, 2000), (null, null, 2500) }));
    }

    [Test]
    public void A_run_that_starts_again_purges_all_earlier_events_for_any_length_of_iterations()
    {
        using var folder = new RunFolder();
        folder.Record(Iterations.HealthyRun(5));
        folder.Record([Iterations.Healthy(1) with { Steps = 2_000 }]);

        Assert.That(EventRecord.ReadAll(File.ReadAllBytes(folder.Events[1]))[1].Step, Is.Zero);
    }

    [Test]
    public void Events_before_the_first_step_stay_if_their_rows_are_lost()
    {
        using var folder = new RunFolder();
        folder.Record(Iterations.HealthyRun(3));
        File.Delete(folder.Metrics);
        folder.Record([Iterations.Healthy(4)]);

        Assert.That(EventRecord.ReadAll(File.ReadAllBytes(folder.Events[1]))[1].Step, Is.EqualTo(2000));
    }

    [Test]
    public void Files_are_in_the_order_of_their_names_even_within_a_second()
    {
        using var folder = new RunFolder();
        for (var session = 1; session <= 3; session++)
            folder.Record([Iterations.Healthy(session)]);

        var steps = folder.Events.Select(file => EventRecord.ReadAll(File.ReadAllBytes(file))[^1].Step);
        Assert.That(steps, Is.EqualTo(new[] { 500, 1000, 1500 }));
    }

    [Test]
    public void A_truncated_file_is_readable_up_to_its_end()
    {
        using var folder = new RunFolder();
        folder.Record(Iterations.HealthyRun(3));
        var file = File.ReadAllBytes(folder.Events.Single());
        int[] counts = [.. Enumerable.Range(0, file.Length + 1).Select(length => EventRecord.ReadAll(file[..length]).Count)];

        Assert.That(counts, Is.Ordered);
        Assert.That(counts.Distinct(), Is.EqualTo(new[] { 0, 1, 2, 3, 4 }));
    }
}
