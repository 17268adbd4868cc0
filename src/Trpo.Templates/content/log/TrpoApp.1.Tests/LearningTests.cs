using Trpo.Estimators.Logs.Evaluation;
using Trpo.Onnx;

namespace TrpoApp._1.Tests;

public sealed class LearningTests
{
    private string _folder = "";
    private LogEvaluation _evaluation = null!;

    private string Graph => Path.Combine(_folder, "policy.onnx");

    private string Report => Path.Combine(_folder, "report.html");

    [OneTimeSetUp]
    public void Learn()
    {
        _folder = Directory.CreateTempSubdirectory().FullName;
        var log = Path.Combine(_folder, "log.csv");
        SyntheticLog.Write(log, rows: 10_000, seed: 2);
        _evaluation = LogLearning.Run(log, Report, Graph, seed: 2);
    }

    [OneTimeTearDown]
    public void Delete() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Policy_is_better_than_the_log_on_fresh_rows()
    {
        Assert.That(_evaluation.Doubt, Is.Null);
        Assert.That(_evaluation.Gain.Verdict, Is.EqualTo(LogVerdict.Better));
        Assert.That(File.ReadAllText(Report), Does.Contain("Reminders"));
    }

    [Test]
    public void Estimate_holds_in_truth()
    {
        using var policy = PolicySession.Open(Graph);

        var truth = SyntheticLog.TrueGain(invoice => policy.Metadata.Actions.Names[policy.ActOn(invoice)], seed: 3);

        Assert.That(_evaluation.DoublyRobust.Value, Is.EqualTo(truth).Within(3 * _evaluation.DoublyRobust.StandardError));
    }

    [Test]
    public void Public_customers_get_letters()
    {
        using var policy = PolicySession.Open(Graph);

        var channel = policy.Metadata.Actions.Names[policy.ActOn(new Invoice { Customer = "public", Amount = 100, DaysLate = 5 })];

        Assert.That(channel, Is.EqualTo("letter"));
    }
}
