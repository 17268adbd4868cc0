using Trpo.Cli.Foundation;
using Trpo.Cli.Logs;
using Trpo.Tests.Support;

namespace Trpo.Tests.Cli.Logs;

/// <summary>Tests of the progress of a long evaluation.</summary>
public sealed class LogEvaluationProgressTests
{
    [Test]
    public void A_line_comes_every_ten_seconds_on_the_standard_error()
    {
        var (clock, output, error) = (new ManualClock(), new StringWriter(), new StringWriter());
        var progress = new LogEvaluationProgress(new Terminal(output, error), clock);
        foreach (var share in new[] { 0.1, 0.2, 0.3, 0.4, 0.5 })
        {
            clock.Advance(TimeSpan.FromSeconds(4));
            progress.Report(share);
        }

        Assert.That(error.ToString(), Is.EqualTo($"Fitting the model of the rewards: 30 %{Environment.NewLine}"));
        Assert.That(output.ToString(), Is.Empty);
    }
}
