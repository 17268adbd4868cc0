using System.Globalization;
using Trpo.Estimators;
using Trpo.Reports;
using Trpo.Tests.Support;

namespace Trpo.Tests.Reports;

public sealed class RunRecorderTests
{
    private const string FirstColumns = "iteration,steps,total_steps,elapsed_seconds,outcome,";

    [Test]
    public void A_row_is_written_per_iteration()
    {
        using var folder = new RunFolder();
        folder.Record(Iterations.HealthyRun(3));

        var lines = File.ReadAllText(folder.Metrics).Split("\r\n");
        Assert.That(lines, Has.Length.EqualTo(5));
        Assert.That(lines[0], Is.EqualTo(FirstColumns + string.Join(',', TrpoMetric.All.Select(metric => metric.Column))));
        Assert.That(lines[2], Does.StartWith("2,1000,1500,0.5,Accepted,240,200,200,2,0.009,0.01,"));
        Assert.That(lines[4], Is.Empty);
    }

    [Test]
    public void A_missing_number_is_an_empty_cell_in_any_culture()
    {
        using var folder = new RunFolder();
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo("de-DE");
        try
        {
            folder.Record([Iterations.Healthy(1) with { Returns = [], MeanReturn = double.NaN, MeanReturnOfLast100 = 1234567.5 }]);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        Assert.That(File.ReadAllLines(folder.Metrics)[1], Does.StartWith("1,500,50000,0.25,Accepted,,1234567.5,4,0,"));
    }

    [Test]
    public void An_iteration_is_in_the_files_before_the_next_begins()
    {
        using var folder = new RunFolder();
        using var recorder = new RunRecorder(folder.Path);
        foreach (var iteration in Iterations.HealthyRun(3))
        {
            recorder.Report(iteration);

            Assert.That(RowsOf(folder), Has.Count.EqualTo(iteration.Iteration));
            Assert.That(EventRecord.ReadAll(Shared(folder.Events[0])), Has.Count.EqualTo(1 + iteration.Iteration));
        }
    }

    [Test]
    public void A_resumed_run_leaves_the_log_of_one_that_was_never_stopped()
    {
        using var whole = new RunFolder();
        whole.Record(Iterations.HealthyRun(60));
        using var stopped = new RunFolder();
        stopped.Record(Iterations.HealthyRun(60).Take(57).Select(iteration => iteration.Iteration > 40 ? iteration with { ValueLoss = 99 } : iteration));
        stopped.Record(Iterations.HealthyRun(60).Skip(40));

        Assert.That(File.ReadAllBytes(stopped.Metrics), Is.EqualTo(File.ReadAllBytes(whole.Metrics)));
    }

    [Test]
    public void A_run_that_starts_again_replaces_all_of_the_log()
    {
        using var folder = new RunFolder();
        folder.Record(Iterations.HealthyRun(9));
        folder.Record(Iterations.HealthyRun(2));

        Assert.That(RowsOf(folder).Select(row => row[0]), Is.EqualTo(new[] { "1", "2" }));
    }

    [TestCase(1)]
    [TestCase(20)]
    [TestCase(100)]
    public void Half_a_line_at_the_end_is_repaired(int cut)
    {
        using var whole = new RunFolder();
        whole.Record(Iterations.HealthyRun(6));
        using var killed = new RunFolder();
        killed.Record(Iterations.HealthyRun(6).Take(5));
        var bytes = File.ReadAllBytes(killed.Metrics);
        File.WriteAllBytes(killed.Metrics, bytes[..^cut]);
        killed.Record(Iterations.HealthyRun(6).Skip(4));

        Assert.That(File.ReadAllBytes(killed.Metrics), Is.EqualTo(File.ReadAllBytes(whole.Metrics)));
    }

    [Test]
    public void Half_a_header_is_repaired()
    {
        using var folder = new RunFolder();
        File.WriteAllText(folder.Metrics, FirstColumns);
        folder.Record([Iterations.Healthy(7)]);

        Assert.That(RowsOf(folder).Single()[0], Is.EqualTo("7"));
    }

    [Test]
    public void Iterations_after_a_rollback_replace_those_that_they_repeat()
    {
        using var folder = new RunFolder();
        folder.Record([.. Iterations.HealthyRun(5), Iterations.Healthy(3), Iterations.Healthy(4)]);

        Assert.That(RowsOf(folder).Select(row => row[0]), Is.EqualTo(new[] { "1", "2", "3", "4" }));
    }

    [Test]
    public void A_log_with_other_columns_is_not_mixed_with_these()
    {
        using var folder = new RunFolder();
        File.WriteAllText(folder.Metrics, "iteration,steps\r\n1,500\r\n");

        Assert.That(() => folder.Record([Iterations.Healthy(2)]), Throws.TypeOf<InvalidDataException>().With.Message.Contains(folder.Metrics).And.Message.Contains("other columns"));
        Assert.That(File.ReadAllText(folder.Metrics), Is.EqualTo("iteration,steps\r\n1,500\r\n"));
    }

    [Test]
    public void A_damaged_row_before_the_first_iteration_is_named()
    {
        using var folder = new RunFolder();
        folder.Record(Iterations.HealthyRun(4));
        var lines = File.ReadAllText(folder.Metrics).Split("\r\n");
        lines[2] = "\0\0\0";
        File.WriteAllText(folder.Metrics, string.Join("\r\n", lines));

        Assert.That(() => folder.Record([Iterations.Healthy(4)]), Throws.TypeOf<InvalidDataException>().With.Message.Contains($"{folder.Metrics}, line 3, column 'iteration'"));
    }

    [Test]
    public void A_damaged_cell_before_the_first_iteration_is_named_before_training_not_after_it()
    {
        using var folder = new RunFolder();
        folder.Record(Iterations.HealthyRun(5));
        File.WriteAllText(folder.Metrics, File.ReadAllText(folder.Metrics).Replace("Accepted", "Acc", StringComparison.Ordinal));

        Assert.That(() => folder.Record([Iterations.Healthy(4)]), Throws.TypeOf<InvalidDataException>().With.Message.Contains("line 2").And.Message.Contains("outcome"));
    }

    [Test]
    public void Two_recorders_do_not_write_one_log()
    {
        using var folder = new RunFolder();
        using var first = new RunRecorder(folder.Path);
        first.Report(Iterations.Healthy(1));
        using var second = new RunRecorder(folder.Path);

        Assert.That(() => second.Report(Iterations.Healthy(1)), Throws.InstanceOf<IOException>().With.Message.Contains($"Another recorder writes to {folder.Path}"));
        first.Report(Iterations.Healthy(2));
        Assert.That(RowsOf(folder), Has.Count.EqualTo(2));
    }

    [Test]
    public void Recorder_writes_under_a_lock_that_its_caller_holds()
    {
        using var folder = new RunFolder();
        Assert.That(RunRecorder.TryLock(folder.Path, out var held), Is.True);
        using (held)
        {
            Assert.That(RunRecorder.TryLock(folder.Path, out _), Is.False);
            using (var other = new RunRecorder(folder.Path))
                Assert.That(() => other.Report(Iterations.Healthy(1)), Throws.InstanceOf<IOException>());
            using (var recorder = new RunRecorder(folder.Path, heldLock: held))
                recorder.Report(Iterations.Healthy(1));
            Assert.That(RunRecorder.TryLock(folder.Path, out _), Is.False, "the lock is the caller's to release");
        }

        Assert.That(RowsOf(folder), Has.Count.EqualTo(1));
        Assert.That(RunRecorder.TryLock(folder.Path, out var released), Is.True);
        released!.Dispose();
    }

    [Test]
    public void Lock_of_another_folder_is_refused()
    {
        using var folder = new RunFolder();
        using var other = new RunFolder();
        Assert.That(RunRecorder.TryLock(other.Path, out var held), Is.True);
        using (held)
            Assert.That(() => new RunRecorder(folder.Path, heldLock: held), Throws.ArgumentException.With.Message.Contains(other.Path));
    }

    [Test]
    public void A_recorder_that_was_disposed_writes_nothing()
    {
        using var folder = new RunFolder();
        var recorder = new RunRecorder(folder.Path);
        recorder.Dispose();

        Assert.That(() => recorder.Report(Iterations.Healthy(1)), Throws.TypeOf<ObjectDisposedException>());
    }

    private static List<string[]> RowsOf(RunFolder folder) =>
        [.. System.Text.Encoding.UTF8.GetString(Shared(folder.Metrics)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split(','))];

    // While it is being written.
    private static byte[] Shared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var content = new byte[file.Length];
        file.ReadExactly(content);
        return content;
    }
}
