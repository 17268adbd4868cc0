using System.Text.Json;
using Microsoft.ML;
using Trpo.Cli.Logs;
using Trpo.Onnx;
using Trpo.Tests.Support;

namespace Trpo.Tests.Cli.Logs;

/// <summary>Tests of <c>trpo log</c> from a file to a deployed policy.</summary>
public sealed class LogVerbTests
{
    private TemporaryFolder _folder = null!;
    private string _csv = null!;
    private string _run = null!;
    private (int ExitCode, string Output, string Error) _training;

    private string Evaluation => _training.Output[_training.Output.IndexOf("Better:", StringComparison.Ordinal).._training.Output.IndexOf("Wrote", StringComparison.Ordinal)].Trim();

    [OneTimeSetUp]
    public void Train()
    {
        _folder = new TemporaryFolder();
        _run = _folder.PathOf("run");
        _csv = new LogWriter(4_000).Csv(_folder.PathOf("log.csv"));
        _training = Tool.Run(["log", "train", "--data", _csv, .. LogWriter.Columns, "--ignore", "id", "--steps", "20", "--holdout", "0.4", "--out", _run]);
    }

    [OneTimeTearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void A_training_fills_its_folder_and_is_better_than_the_log_on_fresh_rows()
    {
        Assert.That(_training.ExitCode, Is.Zero, _training.Error);
        Assert.That(_training.Error, Is.Empty);
        Assert.That(Directory.GetFiles(_run).Select(Path.GetFileName), Is.EquivalentTo(new[] { "model.zip", "policy.onnx", "log.json", "report.html" }));
        Assert.That(_training.Output, Does.Contain("the first 2,400 of 4,000 rows").And.Contains("On the last 1,600 rows").And.Contains("Better: gain over the log").And.Contains("20 steps  value"));
        Assert.That(File.ReadAllText(Path.Combine(_run, "report.html")), Does.Contain("Better"));
        var record = JsonDocument.Parse(File.ReadAllText(Path.Combine(_run, "log.json"))).RootElement;
        Assert.That(record.GetProperty("features").EnumerateArray().Select(name => name.GetString()), Is.EqualTo(new[] { "device", "age", "returning" }));
        Assert.That(record.GetProperty("learned").GetInt64(), Is.EqualTo(2_400));
        Assert.That(record.GetProperty("version").GetInt32(), Is.EqualTo(3));
    }

    [Test]
    public void The_evaluation_of_a_training_is_that_of_its_last_rows()
    {
        var lines = File.ReadAllText(_csv);
        var last = _folder.PathOf("last.csv");
        var writer = new LogWriter(4_000);
        var (exitCode, output, error) = Tool.RunHere("log", "evaluate", _run, "--data", LastRows(writer, 1_600, last));

        Assert.That(exitCode, Is.Zero, error);
        Assert.That(lines, Does.EndWith(File.ReadAllText(last).Split('\n', 2)[1]));
        Assert.That(output.Trim(), Is.EqualTo($"{Evaluation}\nMeans of the rows that were learned from stand for what is missing in 'age' (numbers, 76 missing, first in line 9), 'returning' (numbers, 84 missing, first in line 29)."));
    }

    [Test]
    public void A_run_is_evaluated_without_naming_columns_and_its_results_are_written()
    {
        var (page, json) = (_folder.PathOf("page.html"), _folder.PathOf("result.json"));
        var (exitCode, output, error) = Tool.RunHere("log", "evaluate", _run, "--data", _csv, "--verdict-level", "0.99", "--report", page, "--json", json);

        Assert.That(exitCode, Is.Zero, error);
        Assert.That(output, Does.Contain("RidgeArgmax").And.Contains($"Wrote {page}").And.Contains($"Wrote {json}"));
        var result = JsonDocument.Parse(File.ReadAllText(json)).RootElement;
        Assert.That(result.GetProperty("gain").GetProperty("level").GetDouble(), Is.EqualTo(0.99));
        Assert.That(result.GetProperty("sampled").GetBoolean(), Is.False);
        Assert.That(result.GetProperty("estimates").GetArrayLength(), Is.EqualTo(7));
        Assert.That(File.ReadAllText(page), Does.Contain("model.zip"));
        var again = Tool.RunHere(["log", "evaluate", Path.Combine(_run, "model.zip"), "--data", _csv, .. LogWriter.Columns]);
        Assert.That(again.Output, Does.StartWith("Better:"));
    }

    [Test]
    public void Rows_that_a_policy_was_learned_from_are_skipped_in_whatever_copy([Values("run", "run/model.zip")] string policy, [Values] bool isCopy)
    {
        var (file, json) = (isCopy ? new LogWriter(4_000).Sqlite(_folder.PathOf($"{Guid.NewGuid():N}.db")) : _csv, _folder.PathOf("skipped.json"));
        var (exitCode, output, error) = Tool.RunHere(["log", "evaluate", _folder.PathOf(policy), "--data", file, "--json", json, .. LogWriter.Columns]);

        Assert.That(exitCode, Is.Zero, error);
        Assert.That(error, Does.Contain($"The policy was learned from the first 2,400 rows of {file}. They are skipped, and the 1,600 behind them are evaluated on."));
        Assert.That(output, Does.StartWith(Evaluation));
        var numbers = JsonDocument.Parse(File.ReadAllText(json)).RootElement;
        Assert.That((numbers.GetProperty("rows").GetInt64(), numbers.GetProperty("skippedRows").GetInt64()), Is.EqualTo((1_600L, 2_400L)));
    }

    [Test]
    public void Rows_are_skipped_on_request()
    {
        var (all, some) = (Tool.RunHere("log", "evaluate", _run, "--data", _csv, "--skip-rows", "0"), Tool.RunHere("log", "evaluate", _run, "--data", _csv, "--skip-rows", "3000"));
        var (learned, none) = (_folder.PathOf("learned.csv"), Tool.RunHere("log", "evaluate", _run, "--data", _csv, "--skip-rows", "4000"));
        new LogWriter(2_400).Csv(learned);
        var only = Tool.RunHere("log", "evaluate", _run, "--data", learned);

        Assert.That((all.ExitCode, some.ExitCode, none.ExitCode, only.ExitCode), Is.EqualTo((0, 0, 1, 1)));
        Assert.That(all.Output, Does.Contain("Not to be trusted: the policy was learned from some of the rows"));
        Assert.That(all.Error, Does.Contain("2,400 of them are evaluated on, without a verdict").And.Contains("wrong in half of the cases"));
        Assert.That(some.Output, Does.Contain("1,000 rows"));
        Assert.That(none.Error, Does.Contain("--skip-rows 4000 leaves none"));
        Assert.That(only.Error, Does.Contain("learned from all 2,400 rows").And.Contains("--skip-rows 0"));
    }

    [Test]
    public void Another_log_under_the_name_of_the_first_is_evaluated_on_as_a_whole()
    {
        var (file, run) = (new LogWriter(3_000, seed: 2).Csv(_folder.PathOf("other.csv")), Directory.CreateDirectory(_folder.PathOf("moved")).FullName);
        File.Copy(Path.Combine(_run, "model.zip"), Path.Combine(run, "model.zip"));
        var origin = LogRunFile.Read(Path.Combine(_run, "log.json")) with { Data = file };
        LogRunFile.Write(Path.Combine(run, "log.json"), origin);
        var other = Tool.RunHere("log", "evaluate", run, "--data", file);
        Assert.That((other.ExitCode, other.Error), Is.EqualTo((0, "")));
        Assert.That(other.Output, Does.Contain("3,000 rows"));

        // An earlier version wrote no hash: the path alone tells.
        LogRunFile.Write(Path.Combine(run, "log.json"), origin with { Version = 1, FirstRows = null });
        Assert.That(Tool.RunHere("log", "evaluate", run, "--data", file).Output, Does.Contain("600 rows"));
    }

    [Test]
    public void Files_that_are_read_are_not_replaced()
    {
        var before = File.ReadAllBytes(_csv);
        var (model, page) = (Path.Combine(_run, "model.zip"), _folder.PathOf("both.html"));
        string[][] targets = [["--json", _csv], ["--report", _csv], ["--report", model], ["--report", page, "--json", page]];
        foreach (var target in targets)
        {
            var (exitCode, _, error) = Tool.RunHere(["log", "evaluate", _run, "--data", _csv, .. target]);

            Assert.That(exitCode, Is.EqualTo(1), error);
            Assert.That(error, Does.Contain("name another file").Or.Contain("name two files"));
        }

        Assert.That(File.ReadAllBytes(_csv), Is.EqualTo(before));
        Assert.That(page, Does.Not.Exist);
    }

    [Test]
    public void The_policy_acts_on_a_row_from_its_graph()
    {
        using var policy = PolicySession.Open(Path.Combine(_run, "policy.onnx"));

        Assert.That(policy.Metadata.Actions.Names, Is.EquivalentTo(new[] { "101", "banner; two", "say \"hi\"" }));
        Assert.That(policy.InputColumns.Select(input => input.Name), Is.EquivalentTo(new[] { "device", "age", "returning" }));
    }

    [Test]
    public void A_seed_gives_the_same_files()
    {
        var again = _folder.PathOf("again");
        var (exitCode, output, error) = Tool.RunHere(["log", "train", "--data", _csv, .. LogWriter.Columns, "--ignore", "id", "--steps", "20", "--holdout", "0.4", "--out", again]);

        Assert.That(exitCode, Is.Zero, output + error);
        Assert.That(File.ReadAllBytes(Path.Combine(again, "policy.onnx")), Is.EqualTo(File.ReadAllBytes(Path.Combine(_run, "policy.onnx"))));
    }

    [Test]
    public void Rewards_of_a_million_give_the_same_policy_and_a_million_times_the_gain()
    {
        var big = _folder.PathOf("big");
        var file = new LogWriter(4_000, scale: 1_000_000).Csv(_folder.PathOf("big.csv"));
        var (exitCode, output, error) = Tool.RunHere(["log", "train", "--data", file, .. LogWriter.Columns, "--ignore", "id", "--steps", "20", "--holdout", "0.4", "--out", big]);
        Assert.That(exitCode, Is.Zero, output + error);

        Assert.That(Gain(big, file), Is.EqualTo(1e6 * Gain(_run, _csv)).Within(0.001).Percent);
    }

    [Test]
    public void A_folder_with_a_run_is_refused_and_replaced_on_request()
    {
        var run = _folder.PathOf("taken");
        string[] train = ["log", "train", "--data", _csv, .. LogWriter.Columns, "--ignore", "id", "--steps", "2", "--out", run];
        Assert.That(Tool.RunHere(train).ExitCode, Is.Zero);
        var written = File.ReadAllBytes(Path.Combine(run, "log.json"));
        var refused = Tool.RunHere(train);
        var other = Tool.RunHere("train", "--environment", "cartpole", "--steps", "64", "--out", run);
        var replaced = Tool.RunHere([.. train, "--overwrite", "--holdout", "0.2"]);

        Assert.That((refused.ExitCode, other.ExitCode, replaced.ExitCode), Is.EqualTo((1, 1, 0)));
        Assert.That(refused.Error, Does.Contain("There is a run in").And.Contains("--overwrite"));
        Assert.That(File.ReadAllBytes(Path.Combine(run, "replaced", "1", "log.json")), Is.EqualTo(written));
        Assert.That(replaced.Output, Does.Contain("was moved to"));
    }

    [Test]
    public void A_log_with_errors_is_not_learned_from()
    {
        var (file, run) = (_folder.PathOf("one.csv"), _folder.PathOf("none"));
        File.WriteAllLines(file, Enumerable.Range(0, 100).Select(i => $"a,0.5,{i % 3},{i % 7}").Prepend("Action,Probability,Reward,x"));
        var one = Tool.RunHere("log", "train", "--data", file, "--out", run);
        File.WriteAllLines(file, Enumerable.Range(0, 15).Select(i => $"{(i % 4 < 2 ? "a" : "b")},0.5,{i % 3},{i}").Prepend("Action,Probability,Reward,x"));
        var few = Tool.RunHere("log", "train", "--data", file, "--out", run);

        Assert.That((one.ExitCode, few.ExitCode), Is.EqualTo((1, 1)));
        Assert.That(one.Output, Does.Contain("OneActionOnly"));
        Assert.That(one.Error, Does.Contain("Nothing was learned"));
        Assert.That(few.Error, Does.Contain("10 are left to learn from and 5 to evaluate on").Or.Contain("11 are left to learn from and 4 to evaluate on"));
        Assert.That(Directory.Exists(run), Is.False);
    }

    [Test]
    public void A_log_without_a_column_of_the_model_is_refused()
    {
        var file = _folder.PathOf("short.csv");
        File.WriteAllLines(file, ["device,banner,p,clicked", "phone,101,0.5,1", "phone,101,0.5,0"]);
        var (exitCode, _, error) = Tool.RunHere("log", "evaluate", _run, "--data", file);

        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(error, Does.Contain("The model reads the column 'age'").And.Contains("'device', 'banner', 'p', 'clicked'"));
    }

    [Test]
    public void Actions_that_the_policy_does_not_know_are_named()
    {
        var file = _folder.PathOf("unknown.csv");
        File.WriteAllLines(file, ["device,age,returning,banner,p,clicked", "phone,30,true,101,0.5,1", "phone,40,false,102,0.5,0"]);
        var (exitCode, _, error) = Tool.RunHere("log", "evaluate", _run, "--data", file);

        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(error, Does.Contain("'102'").And.Contains($"It is row 1, line 3 of {file}."));
    }

    [Test]
    public void An_action_of_the_last_rows_alone_does_not_hinder_the_evaluation()
    {
        var (file, run) = (_folder.PathOf("late.csv"), _folder.PathOf("late"));
        File.WriteAllLines(file, Enumerable.Range(0, 400).Select(i => i == 360 ? "c,0.0025,1,2" : $"{(i % 4 < 2 ? "a" : "b")},0.49875,{i % 3},{i % 7}").Prepend("Action,Probability,Reward,x"));
        var (exitCode, output, error) = Tool.RunHere("log", "train", "--data", file, "--steps", "2", "--out", run);

        Assert.That(exitCode, Is.Zero, output + error);
        Assert.That(error, Does.Contain("have none of 'c'"));
        Assert.That(output, Does.Contain("120 rows"));
    }

    [Test]
    public void Wrong_options_are_refused_with_exit_code_2()
    {
        var (both, level, data) = (Tool.RunHere("log", "check", "--data", "x.csv", "--probability", "p", "--log-probability", "q"), Tool.RunHere("log", "evaluate", "m.zip", "--data", "x.csv", "--verdict-level", "1"), Tool.RunHere("log", "check"));

        Assert.That((both.ExitCode, level.ExitCode, data.ExitCode), Is.EqualTo((2, 2, 2)));
        Assert.That(both.Error, Does.Contain("not both").And.Match(@"(?m)^See .* log check --help\.\r?$"));
        Assert.That(level.Error, Does.Contain("--verdict-level must be a number from 0.5"));
        Assert.That(data.Error, Does.Contain("--data"));
    }

    [Test]
    public void Help_names_every_verb_with_examples()
    {
        Assert.That(Tool.RunHere("log").Output, Does.Contain("check").And.Contains("train").And.Contains("evaluate").And.Contains("trpo log check --data"));
        foreach (var verb in new[] { "check", "train", "evaluate" })
        {
            var help = Tool.RunHere("log", verb, "--help");
            Assert.That(help.ExitCode, Is.Zero);
            Assert.That(help.Output, Does.Contain($"Examples:\n  trpo log {verb} "));
            Assert.That(help.Output.Split('\n').Max(line => line.Length), Is.AtMost(100));
        }
    }

    [Test]
    public void The_model_takes_rows_without_action_and_reward()
    {
        var ml = new MLContext();
        var model = PolicyModel.Load(ml, Path.Combine(_run, "model.zip"), out var schema);
        using var owned = model as IDisposable;

        Assert.That(schema!.Select(column => column.Name), Is.EqualTo(new[] { "device", "age", "returning" }));
    }

    private double Gain(string run, string file)
    {
        var json = _folder.PathOf("gain.json");
        Assert.That(Tool.RunHere("log", "evaluate", run, "--data", file, "--json", json).ExitCode, Is.Zero);
        return JsonDocument.Parse(File.ReadAllText(json)).RootElement.GetProperty("gain").GetProperty("doublyRobust").GetDouble();
    }

    private static string LastRows(LogWriter writer, int count, string path)
    {
        writer.KeepLast(count).Csv(path);
        return path;
    }
}
