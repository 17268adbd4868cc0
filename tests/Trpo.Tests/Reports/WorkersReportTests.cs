using System.Net;
using System.Text.RegularExpressions;
using Trpo.Estimators;
using Trpo.Estimators.Workers;
using Trpo.Reports;
using Trpo.Reports.Csv;
using Trpo.Tests.Support;

namespace Trpo.Tests.Reports;

/// <summary>The times of blocks of shards on workers, in workers.csv and in the report.</summary>
public sealed partial class WorkersReportTests
{
    private const string Head = "iteration,first_shard,shards,steps,rollout_seconds,advantages_seconds,policy_update_seconds,value_fit_seconds,begins_anew\r\n";

    [Test]
    public void A_row_is_written_per_iteration_and_block()
    {
        using var folder = new RunFolder();
        folder.Record([WithWorkers(1), WithWorkers(2)]);

        Assert.That(File.ReadAllText(Workers(folder)), Is.EqualTo(Head + "1,0,2,300,0.5,0.25,1,2,0\r\n1,2,1,200,0.75,0.25,1,2,1\r\n2,0,2,300,0.5,0.25,1,2,0\r\n2,2,1,200,0.75,0.25,1,2,1\r\n"));
    }

    [Test]
    public void A_run_in_one_process_has_neither_the_file_nor_the_table()
    {
        using var folder = new RunFolder();
        folder.Record(Iterations.HealthyRun(3));
        RunReport.Save(folder.Path);

        Assert.That(Workers(folder), Does.Not.Exist);
        Assert.That(File.ReadAllText(folder.Report), Does.Not.Contain("<h2 id=\"workers\">").And.Not.Contain("workers.csv"));
    }

    // The second session has no workers, and the third one has them again.
    [Test]
    public void A_resumed_run_replaces_the_iterations_from_its_first_one_on()
    {
        using var folder = new RunFolder();
        folder.Record([WithWorkers(1), WithWorkers(2), WithWorkers(3)]);
        folder.Record([Iterations.Healthy(2), Iterations.Healthy(3), Iterations.Healthy(4)]);
        folder.Record([WithWorkers(4)]);

        Assert.That(File.ReadAllLines(Workers(folder)).Skip(1).Select(line => line[0]), Is.EqualTo("1144"));

        folder.Record([Iterations.Healthy(1)]);
        RunReport.Save(folder.Path);
        Assert.That(File.ReadAllText(folder.Report), Does.Not.Contain("<h2 id=\"workers\">"));
    }

    [Test]
    public void The_report_sums_the_blocks_over_the_run()
    {
        using var folder = new RunFolder();
        folder.Record([WithWorkers(1), WithWorkers(2)]);

        // A process was killed while it wrote.
        File.AppendAllText(Workers(folder), "3,0,2,30");
        RunReport.Save(folder.Path);

        var page = File.ReadAllText(folder.Report);
        var rows = Row().Matches(page[page.IndexOf("<h2 id=\"workers\">", StringComparison.Ordinal)..page.IndexOf("<footer>", StringComparison.Ordinal)]).Select(row => string.Join('|', Cell().Matches(row.Value).Select(cell => WebUtility.HtmlDecode(cell.Groups[1].Value))));
        Assert.That(rows, Is.EqualTo(new[]
        {
            "shards|steps|steps per second of acting|acting|advantages|policy's update|value function's fit|begun anew",
            "0 to 1|600|600|1.0 s|0.5 s|2.0 s|4.0 s|0",
            "2|400|267|1.5 s|0.5 s|2.0 s|4.0 s|2",
        }));
        Assert.That(page, Does.Contain("metrics.csv, workers.csv"));
    }

    [TestCase("1,-1,2,300,0.5,0.25,1,2,0\r\n", "line 2, column 'first_shard': '-1' is no whole number from 0")]
    [TestCase("1,0,0,300,0.5,0.25,1,2,0\r\n", "line 2, column 'shards': '0' is no whole number from 1")]
    [TestCase("1,0,2,300,-0.5,0.25,1,2,0\r\n", "line 2, column 'rollout_seconds': '-0.5' is no time in seconds")]
    [TestCase("1,0,2,300,0.5,0.25,1,2\r\n", "line 2, column 'value_fit_seconds': 9 cells are expected, but there are 8")]
    public void Damage_is_named_with_its_line_and_column(string row, string complaint)
    {
        using var folder = new RunFolder();
        folder.Record([WithWorkers(1)]);
        File.WriteAllText(Workers(folder), Head + row);

        Assert.That(() => RunReport.Save(folder.Path), Throws.TypeOf<InvalidDataException>().With.Message.Contains(complaint).And.Message.Contains("workers.csv"));
        using var recorder = new RunRecorder(folder.Path);
        Assert.That(() => recorder.Report(WithWorkers(2)), Throws.TypeOf<InvalidDataException>().With.Message.Contains(complaint));
    }

    [Test]
    public void A_file_that_is_damaged_leaves_the_folder_free()
    {
        using var folder = new RunFolder();
        folder.Record([WithWorkers(1)]);
        File.WriteAllText(Workers(folder), "other\r\n1\r\n");
        using (var recorder = new RunRecorder(folder.Path))
            Assert.That(() => recorder.Report(WithWorkers(2)), Throws.TypeOf<InvalidDataException>().With.Message.Contains("other columns"));

        File.Delete(Workers(folder));
        folder.Record([WithWorkers(2)]);
        Assert.That(WorkersReader.Read(Workers(folder)), Is.EqualTo(WithWorkers(2).Workers));
    }

    private static string Workers(RunFolder folder) => Path.Combine(folder.Path, "workers.csv");

    private static TrpoIteration WithWorkers(int number) => Iterations.Healthy(number) with
    {
        Workers = [Block(0, 2, steps: 300, rollout: 0.5, begins: 0), Block(2, 1, steps: 200, rollout: 0.75, begins: 1)],
    };

    private static WorkerTimes Block(int first, int shards, int steps, double rollout, int begins) => new()
    {
        FirstShard = first,
        Shards = shards,
        Steps = steps,
        Rollout = TimeSpan.FromSeconds(rollout),
        Advantages = TimeSpan.FromSeconds(0.25),
        PolicyUpdate = TimeSpan.FromSeconds(1),
        ValueFit = TimeSpan.FromSeconds(2),
        BeginsAnew = begins,
    };

    [GeneratedRegex("<tr>.*?</tr>")]
    private static partial Regex Row();

    [GeneratedRegex("<t[hd][^>]*>(.*?)</t[hd]>")]
    private static partial Regex Cell();
}
