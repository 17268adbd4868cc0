using Trpo.Results;

namespace Trpo.Tests.Results;

public sealed class CommandLineTests
{
    [TestCase("nowhere", "There is no environment 'nowhere'. Known are cartpole, acrobot, mountain-car, mountain-car-continuous, pendulum; or all.")]
    [TestCase("", "Name an environment: cartpole, acrobot")]
    [TestCase("check nowhere", "There is no environment 'nowhere'.")]
    [TestCase("ablations nowhere", "There is no environment 'nowhere'.")]
    [TestCase("ablations", "Name an environment: cartpole, acrobot")]
    [TestCase("ablations cartpole --parallel 0", "--parallel must be at least 1.")]
    [TestCase("cartpole --seeds 0", "--seeds must be at least 1.")]
    public void A_wrong_command_line_is_told_what_is_known(string line, string expected)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var exitCode = CommandLine.Create().Parse(line).Invoke(new() { Output = output, Error = error });

        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(error.ToString(), Does.Contain(expected));
    }

    [TestCase("all", "artifacts/results", "docs")]
    [TestCase("all --seeds 2", "artifacts/results", "artifacts/results/docs")]
    [TestCase("all --episodes 5", "artifacts/results-5-episodes", "artifacts/results-5-episodes/docs")]
    [TestCase("all --episodes 5 --kept mine", "mine", "mine/docs")]
    [TestCase("all --episodes 5 --docs mine", "artifacts/results-5-episodes", "mine")]
    public void A_trial_replaces_neither_results_nor_documents(string line, string kept, string documents)
    {
        var parsed = CommandLine.Create().Parse(line);

        Assert.That(CommandLine.KeptBy(parsed).FullName, Is.EqualTo(Path.GetFullPath(kept)));
        Assert.That(CommandLine.DocumentsOf(parsed).FullName, Is.EqualTo(Path.GetFullPath(documents)));
    }
}
