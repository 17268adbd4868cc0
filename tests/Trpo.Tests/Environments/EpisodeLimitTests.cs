using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.Checking;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Onnx;
using Trpo.Tests.Support;

namespace Trpo.Tests.Environments;

/// <summary>Tests of episodes without an end of their own: MaxEpisodeSteps limits them, or else the library does, with a warning.</summary>
public sealed class EpisodeLimitTests
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly List<string> _warnings = [];

    [SetUp]
    public void Listen()
    {
        _warnings.Clear();
        _ml.Log += OnLog;
    }

    [TearDown]
    public void StopListening() => _ml.Log -= OnLog;

    [Test]
    public void A_TimeLimit_above_the_library_s_limit_rules()
    {
        var view = View(() => new TimeLimit(new CountingEnvironment(length: -1), 60));
        using var policy = Train(view, out var iterations);

        Assert.That(iterations.SelectMany(iteration => iteration.Returns).ToArray(), Has.Length.EqualTo(6).And.All.EqualTo(60));
        Assert.That(Evaluate(policy, view), Is.All.EqualTo((60, 60, false)));
        Assert.That(_warnings, Has.None.Contains("truncat"));
    }

    [Test]
    public void An_environment_without_a_limit_is_truncated_with_one_warning_per_training()
    {
        var view = View(() => new CountingEnvironment(length: -1));
        using var policy = Train(view, out var iterations);

        Assert.That(iterations.SelectMany(iteration => iteration.Returns).ToArray(), Has.Length.EqualTo(8).And.All.EqualTo(50));
        Assert.That(_warnings, Has.One.Contains("truncat"));
        Assert.That(_warnings.Single(warning => warning.Contains("truncat", StringComparison.Ordinal)),
            Does.StartWith("Environment 'Counting' (index 0 of 2) ").And.Contain("50 steps").And.Contain("MaxEpisodeSteps").And.Contain("TimeLimit").And.Contain("episodeStepLimit"));
        _warnings.Clear();
        Assert.That(Evaluate(policy, view), Is.All.EqualTo((50, 50, false)));
        Assert.That(_warnings, Has.One.Contains("truncat"));
    }

    // The value of the state after the limit counts, as with any truncation.
    [Test]
    public void The_library_s_limit_truncates_like_TimeLimit()
    {
        var options = new TrpoOptions { TotalSteps = 1_000, StepsPerIteration = 200, HiddenLayers = [4], Seed = 3, StaggerStarts = false };
        var (free, limited) = (View(() => new WalkEnvironment { IsEndless = true }), View(() => new TimeLimit(new WalkEnvironment { IsEndless = true }, 50)));
        using var byLibrary = _ml.ReinforcementLearning.Trainers.Trpo(free, options).Fit(free);
        using var byWrapper = _ml.ReinforcementLearning.Trainers.Trpo(limited, options).Fit(limited);

        Assert.That(byLibrary.Onnx.ToArray(), Is.EqualTo(byWrapper.Onnx.ToArray()));
    }

    [Test]
    public void Declared_MaxEpisodeSteps_are_enforced()
    {
        var view = View(() => new CountingEnvironment(length: -1, maxEpisodeSteps: 20));
        using var policy = Train(view, out var iterations);

        Assert.That(iterations.SelectMany(iteration => iteration.Returns), Is.All.EqualTo(20));
        Assert.That(_warnings.Single(warning => warning.Contains("truncat", StringComparison.Ordinal)), Does.Contain("'Counting'").And.Contain("MaxEpisodeSteps").And.Contain("20"));
        Assert.That(Evaluate(policy, view), Is.All.EqualTo((20, 20, false)));
    }

    [Test]
    public void The_table_of_a_random_policy_truncates_too()
    {
        var rows = View(() => new CountingEnvironment(length: -1), rows: 120).GetColumn<float[]>("Observation").Select(row => row[0]).ToList();

        Assert.That(rows, Is.EqualTo(Enumerable.Range(0, 120).Select(row => (float)(row % 51))));
    }

    [Test]
    public void The_check_warns_of_an_environment_without_a_limit_and_goes_on()
    {
        var report = _ml.ReinforcementLearning.CheckEnvironment(() => new WalkEnvironment { IsEndless = true }, episodeStepLimit: 100);

        Assert.That(report.Findings.Select(finding => finding.Fault), Is.EqualTo(new[] { EnvironmentFault.EpisodeEndless }), report.ToString());
        Assert.That(report.Findings[0].Severity, Is.EqualTo(FindingSeverity.Warning));
        Assert.That(report.Findings[0].Message, Does.Contain("100 steps").And.Contain("MaxEpisodeSteps").And.Contain("TimeLimit"));
        Assert.That((report.Steps, report.Episodes), Is.EqualTo((10_000, 100)));
    }

    [Test]
    public void The_check_knows_a_TimeLimit_above_the_library_s_limit()
    {
        var report = _ml.ReinforcementLearning.CheckEnvironment(() => new TimeLimit(new WalkEnvironment { IsEndless = true }, 200), episodeStepLimit: 100);
        var unseen = _ml.ReinforcementLearning.CheckEnvironment(() => new TimeLimit(new WalkEnvironment { IsEndless = true }, 20_000));

        Assert.That(report.Findings, Is.Empty, report.ToString());
        Assert.That(report.Episodes, Is.EqualTo(50));
        Assert.That(unseen.Findings.Select(finding => finding.Fault), Is.EqualTo(new[] { EnvironmentFault.EpisodeEndNotSeen }), unseen.ToString());
        Assert.That(unseen.Findings[0].Message, Does.Contain("MaxEpisodeSteps").And.Contain("20000"));
    }

    private EnvironmentDataView View(Func<IEnvironment> factory, int rows = 10) => _ml.ReinforcementLearning.LoadFromEnvironment(factory, count: 2, rows: rows, episodeStepLimit: 50);

    private PolicyTransformer Train(EnvironmentDataView view, out List<TrpoIteration> iterations)
    {
        var listener = new Listener();
        iterations = listener.Iterations;
        return _ml.ReinforcementLearning.Trainers.Trpo(view, new() { TotalSteps = 400, StepsPerIteration = 100, HiddenLayers = [4], Seed = 1, StaggerStarts = false, Progress = listener }).Fit(view);
    }

    private IEnumerable<(double Return, int Length, bool Terminated)> Evaluate(PolicyTransformer policy, EnvironmentDataView view) =>
        _ml.ReinforcementLearning.Evaluate(policy, view, episodes: 3).Episodes.Select(episode => (episode.Return, episode.Length, episode.Terminated));

    private void OnLog(object? sender, LoggingEventArgs log)
    {
        if (log.Kind == ChannelMessageKind.Warning)
            _warnings.Add(log.RawMessage);
    }
}
