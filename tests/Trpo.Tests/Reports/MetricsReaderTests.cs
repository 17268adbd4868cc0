using Trpo.Estimators;
using Trpo.Estimators.Optimization;
using Trpo.Reports.Csv;
using Trpo.Tests.Support;

namespace Trpo.Tests.Reports;

public sealed class MetricsReaderTests
{
    private const string Head = "iteration,steps,total_steps,elapsed_seconds,outcome,policy_kl\r\n";
    private const string First = "1,500,1000,0.5,Accepted,0.01\r\n";

    [Test]
    public void Written_numbers_are_read_bit_for_bit()
    {
        using var folder = new RunFolder();
        TrpoIteration[] run = [Iterations.Healthy(1) with { ValueLoss = 1 / 3.0 }, Iterations.Healthy(2) with { Entropy = double.NaN, ValueLoss = double.NegativeInfinity, Update = Iterations.Rejected(TrustRegionOutcome.KlExceeded) }];
        folder.Record(run);
        var history = MetricsReader.Read(folder.Metrics);

        Assert.That(history.Rows.Select(row => (row.Iteration, row.Steps, row.TotalSteps, row.Outcome)),
            Is.EqualTo(new[] { (1, 500, 50_000, TrustRegionOutcome.Accepted), (2, 1000, 50_000, TrustRegionOutcome.KlExceeded) }));
        foreach (var metric in TrpoMetric.All)
            Assert.That(history[metric], Is.EqualTo(run.Select(metric.Value)), metric.Name);
    }

    [Test]
    public void A_line_that_is_being_written_is_left_out()
    {
        var history = Read(Head + First + "2,1000,1000,0.9,Accepted,0.0");

        Assert.That(history.Rows, Has.Count.EqualTo(1));
    }

    [Test]
    public void Columns_may_be_quoted_in_any_order_more_or_missing()
    {
        var history = Read("\"steps\",iteration,outcome,comment,total_steps,elapsed_seconds\n500,\"1\",Accepted,\"a, \"\"b\"\"\",1000,0.5\n");

        Assert.That(history.Last.Steps, Is.EqualTo(500));
        Assert.That(history[TrpoMetric.Kl], Is.EqualTo(new[] { double.NaN }));
    }

    [TestCase("2,1000,1000,0.9,Accepted,0.x1\r\n", "line 3, column 'policy_kl': '0.x1' is no number")]
    [TestCase("2,1000,1000,0.9,Accepted,0.01\0\r\n", "line 3, column 'policy_kl'")]
    [TestCase("2,1000,1000,0.9,Agreed,0.01\r\n", "line 3, column 'outcome': 'Agreed' is none of Accepted")]
    [TestCase("2,1000,1000,0.9,0,0.01\r\n", "line 3, column 'outcome'")]
    [TestCase("0,1000,1000,0.9,Accepted,0.01\r\n", "line 3, column 'iteration': '0' is no whole number from 1")]
    [TestCase("2,-5,1000,0.9,Accepted,0.01\r\n", "line 3, column 'steps'")]
    [TestCase("2,1000,99999999999,0.9,Accepted,0.01\r\n", "line 3, column 'total_steps'")]
    [TestCase("2,1000,1000,1e15,Accepted,0.01\r\n", "line 3, column 'elapsed_seconds': '1e15' is no time in seconds")]
    [TestCase("2,1000,1000,-1,Accepted,0.01\r\n", "line 3, column 'elapsed_seconds'")]
    [TestCase("1,1000,1000,0.9,Accepted,0.01\r\n", "line 3, column 'iteration': iterations must ascend, but 1 follows 1")]
    [TestCase("2,1000,1000\r\n", "line 3, column 'total_steps': 6 cells are expected, but there are 3")]
    [TestCase("2,1000,1000,0.9,Accepted,0.01,7\r\n", "line 3, column 'policy_kl': 6 cells are expected, but there are 7")]
    [TestCase("\r\n", "line 3, column 'iteration': 6 cells")]
    public void Damage_is_named_with_its_line_and_column(string row, string complaint)
    {
        Assert.That(() => Read(Head + First + row), Throws.TypeOf<InvalidDataException>().With.Message.Contains(complaint).And.Message.Contains("metrics.csv"));
    }

    [TestCase("", "no rows yet")]
    [TestCase(Head, "no rows yet")]
    [TestCase("iteration,steps,total_steps,elapsed_seconds\r\n", "line 1: the column 'outcome' is missing")]
    [TestCase("iteration,iteration\r\n1,2\r\n", "metrics.csv")]
    [TestCase("\0\u0001\u0002\n\n\n", "metrics.csv")]
    public void A_file_other_than_metrics_is_refused(string content, string complaint)
    {
        Assert.That(() => Read(content), Throws.TypeOf<InvalidDataException>().With.Message.Contains(complaint));
    }

    private static Trpo.Reports.History.RunHistory Read(string content)
    {
        using var folder = new RunFolder();
        File.WriteAllText(folder.Metrics, content);
        return MetricsReader.Read(folder.Metrics);
    }
}
