using System.Text.Json;
using Google.Protobuf;
using Trpo.Onnx;
using Trpo.Onnx.Graph.Format;
using Trpo.Tests.Support;

namespace Trpo.Tests.Cli;

/// <summary>Tests of each verb in a process of its own, as a user runs it.</summary>
public sealed class VerbTests
{
    private TemporaryFolder _folder = null!;
    private string _run = null!;
    private (int ExitCode, string Output, string Error) _training;

    [OneTimeSetUp]
    public void Train()
    {
        _folder = new TemporaryFolder();
        _run = _folder.PathOf("run");
        var options = _folder.PathOf("options.json");
        File.WriteAllText(options, """{ "totalSteps": 999999, "discount": 0.98, "trustRegion": { "maxKl": 0.015 } }""");
        _training = Tool.Run("train", "--environment", "CartPole-v1", "--options", options, "--steps", "4096", "--environments", "4", "--threads", "2", "--episodes", "3", "--out", _run);
    }

    [OneTimeTearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void A_training_fills_its_folder_and_prints_its_progress()
    {
        Assert.That(_training.ExitCode, Is.Zero, _training.Error);
        Assert.That(_training.Error, Is.Empty);
        Assert.That(Directory.GetFileSystemEntries(_run).Select(Path.GetFileName), Is.SupersetOf(new[] { "command.json", "metrics.csv", "run.json", "model.zip", "policy.onnx", "report.html", "plots" }));
        var lines = _training.Output.Split('\n');
        Assert.That(lines.Count(line => line.Contains(" steps  ", StringComparison.Ordinal) && line.Contains("last 100", StringComparison.Ordinal)), Is.EqualTo(8), "one for each of the 8 iterations, which are fewer than ten");
        Assert.That(_training.Output, Does.Contain("Training in CartPole for 4,096 steps").And.Contains("Evaluation: ").And.Contains("over 3 episodes"));
    }

    [Test]
    public void A_training_is_compared_with_the_random_policy_and_judged()
    {
        Assert.That(_training.Output, Does.Contain("Random policy: ").And.Contains(" more on the same episodes (").And.Contains("Verdict: too early to say."), "8 iterations are fewer than 10");
        var evaluations = JsonDocument.Parse(File.ReadAllText(Path.Combine(_run, "run.json"))).RootElement.GetProperty("evaluations").EnumerateArray().ToList();
        Assert.That(evaluations.Select(evaluation => evaluation.GetProperty("policy").GetString()), Is.EqualTo(new[] { "trained policy", "random policy" }));
        Assert.That(evaluations.Select(evaluation => evaluation.GetProperty("episodes").GetInt32()), Is.All.EqualTo(3));
        Assert.That(File.ReadAllText(Path.Combine(_run, "report.html")), Does.Contain("trained policy, mean of 3 episodes").And.Contains("random policy, mean of 3 episodes").And.Contains("mean return, 3 evaluated"));
    }

    [Test]
    public void The_command_line_takes_precedence_over_the_file_and_the_file_over_the_preset()
    {
        Assert.That(_training.Output, Does.Contain("totalSteps = 4096; finalStepsPerIteration = 512; discount = 0.98;"));
        Assert.That(_training.Output, Does.Contain("reusedIterations = 3; trustRegion.maxKl = 0.015; finalMaxKl = 0.001;"));
        var options = JsonDocument.Parse(File.ReadAllText(Path.Combine(_run, "command.json"))).RootElement.GetProperty("options");
        Assert.That(options.GetProperty("totalSteps").GetInt32(), Is.EqualTo(4_096));
        Assert.That(options.GetProperty("seed").GetInt32(), Is.EqualTo(1));
    }

    [Test]
    public void A_run_is_evaluated_in_its_own_environment()
    {
        var json = _folder.PathOf("result.json");
        var (exitCode, output, error) = Tool.Run("evaluate", _run, "--episodes", "3", "--sample", "--seed", "5", "--json", json);

        Assert.That(exitCode, Is.Zero, error);
        Assert.That(output, Does.StartWith("CartPole: ").And.Contains($"Wrote {json}"));
        var result = JsonDocument.Parse(File.ReadAllText(json)).RootElement;
        Assert.That(result.GetProperty("sampled").GetBoolean(), Is.True);
        Assert.That(result.GetProperty("seed").GetInt32(), Is.EqualTo(5));
        var returns = result.GetProperty("episodes").EnumerateArray().Select(episode => episode.GetProperty("return").GetDouble()).ToList();
        Assert.That(returns, Has.Count.EqualTo(3));
        Assert.That(result.GetProperty("meanReturn").GetDouble(), Is.EqualTo(returns.Average()).Within(1e-9));
    }

    [Test]
    public void An_export_is_the_graph_that_the_training_wrote()
    {
        var target = _folder.PathOf("exported.onnx");
        var (exitCode, output, error) = Tool.Run("export", Path.Combine(_run, "model.zip"), target);

        Assert.That(exitCode, Is.Zero, error);
        Assert.That(output, Does.StartWith($"Wrote {target}"));
        Assert.That(File.ReadAllBytes(target), Is.EqualTo(File.ReadAllBytes(Path.Combine(_run, "policy.onnx"))));
        using var policy = PolicySession.Open(target);
        Assert.That(policy.Metadata.Provenance["environment"], Is.EqualTo("CartPole"));
    }

    [Test]
    public void A_graph_is_described_as_text_and_as_JSON()
    {
        var onnx = Path.Combine(_run, "policy.onnx");
        var (exitCode, output, error) = Tool.Run("inspect", onnx);
        var forPrograms = Tool.RunHere("inspect", onnx, "--json");
        var ofModel = Tool.RunHere("inspect", _run);

        Assert.That(exitCode, Is.Zero, error);
        Assert.That(output, Does.Contain("observation float[N, 4]").And.Contains("action int64[N]").And.Contains("left, right").And.Contains("angular velocity"));
        var json = JsonDocument.Parse(forPrograms.Output).RootElement;
        Assert.That(json.GetProperty("graph").GetProperty("opset").GetInt32(), Is.EqualTo(12));
        Assert.That(json.GetProperty("provenance").GetProperty("steps").GetString(), Is.EqualTo("4096"));
        Assert.That(json.GetProperty("actions").GetProperty("names").EnumerateArray().Select(name => name.GetString()), Is.EqualTo(new[] { "left", "right" }));
        Assert.That(json.GetProperty("bytes").GetInt64(), Is.EqualTo(new FileInfo(onnx).Length));
        Assert.That(ofModel.Output, Does.Contain("NormalizingTransformer"));

        // 4x64 + 64, 64x64 + 64, 64x2 + 2: all parameters of the policy are in the graph.
        Assert.That(JsonDocument.Parse(Tool.RunHere("inspect", _run, "--json").Output).RootElement.GetProperty("graph").GetProperty("parameters").GetInt64(), Is.AtLeast(4_610));
    }

    [Test]
    public void A_report_is_made_again()
    {
        var page = Path.Combine(_run, "report.html");
        File.Delete(page);
        var (exitCode, output, error) = Tool.Run("report", _run);

        Assert.That(exitCode, Is.Zero, error);
        Assert.That(output, Does.StartWith($"Wrote {page}"));
        Assert.That(File.ReadAllText(page), Does.Contain("CartPole"));
    }

    [Test]
    public void Control_characters_in_metadata_are_replaced()
    {
        var (file, model) = (_folder.PathOf("odd.onnx"), ModelProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(_run, "policy.onnx"))));
        model.MetadataProps.Add(new StringStringEntryProto { Key = "trpo.provenance.", Value = "nothing" });
        model.MetadataProps.Add(new StringStringEntryProto { Key = "trpo.provenance.by", Value = "me\u001b[2J" });
        model.MetadataProps.Single(entry => entry.Key == "trpo.sha256").Value = "none";
        File.WriteAllBytes(file, model.ToByteArray());
        var (exitCode, output, error) = Tool.RunHere("inspect", file);

        Assert.That(exitCode, Is.Zero, error);
        Assert.That(output, Does.Contain("By             me\uFFFD[2J").And.Contains("               nothing"));
    }

    [Test]
    public void The_overview_names_every_verb_and_three_commands()
    {
        var (exitCode, output, error) = Tool.Run();

        Assert.That(exitCode, Is.Zero, error);
        foreach (var verb in new[] { "train", "resume", "evaluate", "export", "report", "inspect", "check", "probe", "log", "workers" })
        {
            Assert.That(output, Does.Contain($"\n  {verb} "));
            var help = Tool.RunHere(verb, "--help");
            Assert.That(help.ExitCode, Is.Zero);
            Assert.That(help.Output, Does.Contain($"Examples:\n  trpo {verb} "));
            Assert.That(help.Output.Split('\n').Max(line => line.Length), Is.AtMost(100));
        }

        Assert.That(output.Split('\n').Count(line => line.TrimStart().StartsWith("trpo ", StringComparison.Ordinal) && !line.Contains('[', StringComparison.Ordinal)), Is.EqualTo(3));
    }
}
