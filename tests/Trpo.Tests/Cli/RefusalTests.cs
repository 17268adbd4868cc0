using Trpo.Tests.Support;

namespace Trpo.Tests.Cli;

/// <summary>Tests of user errors: the message names the error, the exit code is right, and no stack trace is shown.</summary>
public sealed class RefusalTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [TestCase("There is no environment 'kartpole'", "train", "--environment", "kartpole")]
    [TestCase("Name an environment", "train")]
    [TestCase("Name an environment", "check")]
    [TestCase("--steps must be a whole number from 1 to 2147483647, not '0'", "train", "--environment", "cartpole", "--steps", "0")]
    [TestCase("not '1e5'", "train", "--environment", "cartpole", "--steps", "1e5")]
    [TestCase("--preset must be one of sample-efficient, plain, not 'fast'", "train", "--environment", "cartpole", "--preset", "fast")]
    [TestCase("--checkpoint-interval must be a number of seconds from 0.001 to 1,000,000,000, not '-1'", "train", "--environment", "cartpole", "--checkpoint-interval", "-1")]
    [TestCase("--environments must be a whole number from 1 to 100000, not '2000000000'", "train", "--environment", "cartpole", "--environments", "2000000000")]
    [TestCase("--out must name a folder, not ''", "train", "--environment", "cartpole", "--out", "")]
    [TestCase("--assembly must name a file, not ''", "check", "--assembly", "")]
    [TestCase("--json must name a file, not '/'", "evaluate", "model.zip", "--json", "/")]
    [TestCase("model must be a path, not ''", "evaluate", "")]
    [TestCase("folder must be a path, not ''", "report", "")]
    [TestCase("folder must be a path, not ' '", "resume", " ")]
    [TestCase("file must be a path", "inspect", "")]
    [TestCase("policy.onnx must be a path", "export", "model.zip", "")]
    [TestCase("'trane'", "trane")]
    [TestCase("model", "evaluate")]
    public void A_wrong_command_line_is_refused_with_exit_code_2(string message, params string[] arguments)
    {
        var (exitCode, output, error) = Tool.RunHere(arguments);

        Assert.That(exitCode, Is.EqualTo(2));
        Assert.That(error, Does.Contain(message).And.Match(@"(?m)^See .* --help\.\r?$"));
        Assert.That(output, Is.Empty);
    }

    [Test]
    public void A_wrong_command_line_ends_the_process_with_exit_code_2()
    {
        var (exitCode, output, error) = Tool.Run("train", "--environment", "kartpole");

        Assert.That(exitCode, Is.EqualTo(2));
        Assert.That(error, Does.Contain("cartpole, acrobot").And.Contains("See trpo train --help."));
        Assert.That(output, Is.Empty);
    }

    [TestCase("There is no option 'discont'", """{ "discont": 0.9 }""")]
    [TestCase("Discount must be from 0 to 1", """{ "discount": 1.5 }""")]
    [TestCase("options.json", "{")]
    [TestCase("columns.observation is empty", """{ "columns": { "observation": "" } }""")]
    [TestCase("--checkpoint-interval", """{ "checkpoints": { "folder": "x" } }""")]
    public void Wrong_options_are_refused_before_anything_is_written(string message, string content)
    {
        var (file, run) = (_folder.PathOf("options.json"), _folder.PathOf("run"));
        File.WriteAllText(file, content);

        AssertUserError(message, "train", "--environment", "cartpole", "--options", file, "--out", run);
        Assert.That(Directory.Exists(run), Is.False);
    }

    [Test]
    public void Contradictory_settings_are_refused()
    {
        var file = _folder.PathOf("options.json");
        File.WriteAllText(file, """{ "actionMask": true }""");

        AssertUserError("mask", "train", "--environment", "pendulum", "--options", file, "--out", _folder.PathOf("run"));
        AssertUserError("--normalize running", "train", "--environment", "cartpole", "--normalize", "table", "--options", file, "--out", _folder.PathOf("other"));
    }

    [Test]
    public void What_could_not_be_saved_after_training_is_refused_before_the_first_step()
    {
        var run = _folder.PathOf("run");
        string[] environment = ["--assembly", Tool.Environments, "--environment", "Unencodable"];
        var (_, output, _) = Tool.RunHere(["check", .. environment]);

        AssertUserError("'mood'", ["train", "--out", run, .. environment]);
        Assert.That(Directory.Exists(run), Is.False);
        AssertUserError("'mood'", ["check", .. environment]);
        Assert.That(output, Does.StartWith("Environment 'Unencodable': 0 errors"), "it keeps the contract");
    }

    [Test]
    public void A_path_that_cannot_be_written_is_refused_before_the_first_step()
    {
        var (file, run) = (_folder.PathOf("file"), _folder.PathOf("run"));
        File.WriteAllText(file, "");
        Assert.That(Tool.RunHere("train", "--environment", "cartpole", "--steps", "64", "--episodes", "0", "--out", run).ExitCode, Is.Zero);
        var trained = File.GetLastWriteTimeUtc(Path.Combine(run, "metrics.csv"));
        File.Delete(Path.Combine(run, "policy.onnx"));
        Directory.CreateDirectory(Path.Combine(run, "policy.onnx"));

        AssertUserError($"{file} is a file", "train", "--environment", "cartpole", "--out", Path.Combine(file, "run"));
        AssertUserError($"{Path.Combine(run, "policy.onnx")} is a folder", "resume", run, "--steps", "128");
        AssertUserError($"{run} is a folder", "evaluate", run, "--json", run);
        AssertUserError($"{file} is a file", "evaluate", run, "--json", Path.Combine(file, "result.json"));
        Assert.That(File.GetLastWriteTimeUtc(Path.Combine(run, "metrics.csv")), Is.EqualTo(trained));
    }

    [Test]
    public void Missing_files_are_named()
    {
        AssertUserError("nothing.json", "train", "--environment", "cartpole", "--options", _folder.PathOf("nothing.json"), "--out", _folder.PathOf("run"));
        AssertUserError("nothing.zip", "evaluate", _folder.PathOf("nothing.zip"), "--environment", "cartpole");
        AssertUserError("nothing.onnx", "inspect", _folder.PathOf("nothing.onnx"));
        AssertUserError("There is no model in", "inspect", _folder.FullName);
        AssertUserError("metrics.csv", "report", _folder.FullName);
        AssertUserError("trpo train --out", "resume", _folder.PathOf("none"));
        AssertUserError("trpo train --out \"", "resume", _folder.PathOf("none of these"));
        AssertUserError("@runs", "resume", _folder.PathOf("@runs"));
        AssertUserError("@runs", "resume", "./@runs");
    }

    [Test]
    public void Files_other_than_policies_are_named()
    {
        var (text, archive) = (_folder.PathOf("policy.onnx"), _folder.PathOf("model.zip"));
        File.WriteAllText(text, "a policy");
        File.WriteAllText(archive, "PK but no more");

        foreach (var file in new[] { text, archive })
        {
            AssertUserError(file, "inspect", file);
            AssertUserError(file, "evaluate", file, "--environment", "cartpole");
            AssertUserError(file, "export", file, _folder.PathOf("exported.onnx"));
        }
    }

    [Test]
    public void A_policy_is_refused_by_an_environment_that_it_does_not_fit()
    {
        var run = _folder.PathOf("run");
        Assert.That(Tool.RunHere("train", "--environment", "cartpole", "--steps", "64", "--episodes", "0", "--out", run).ExitCode, Is.Zero);

        AssertUserError("Pendulum", "evaluate", run, "--environment", "pendulum");
        AssertUserError("Acrobot", "evaluate", run, "--environment", "acrobot");
        AssertUserError("Name the environment", "evaluate", Path.Combine(run, "model.zip"));
        AssertUserError("as short as 63", "resume", run, "--steps", "63");
    }

    [TestCase("'version'", "{}")]
    [TestCase("a newer trpo wrote it", """{ "version": 2 }""")]
    [TestCase("'threads' is 0", """{ "version": 1, "environment": "cartpole", "assembly": null, "maxEpisodeSteps": null, "environments": 8, "threads": 0, "normalization": "table", "episodes": 1, "checkpointInterval": 60, "options": {} }""")]
    [TestCase("checkpointInterval", """{ "version": 1, "environment": "cartpole", "assembly": null, "maxEpisodeSteps": null, "environments": 8, "threads": 1, "normalization": "table", "episodes": 1, "checkpointInterval": 0, "options": {} }""")]
    [TestCase("discount", """{ "version": 1, "environment": "cartpole", "assembly": null, "maxEpisodeSteps": null, "environments": 8, "threads": 1, "normalization": "table", "episodes": 1, "checkpointInterval": 60, "options": { "discount": "much" } }""")]
    [TestCase("environment", """{ "version": 1 }""")]
    [TestCase("version", """{ "version": 1, "version": 1 }""")]
    [TestCase("'environments' is 2000000000", """{ "version": 1, "environment": "cartpole", "assembly": null, "maxEpisodeSteps": null, "environments": 2000000000, "threads": 1, "normalization": "table", "episodes": 1, "checkpointInterval": 60, "options": {} }""")]
    [TestCase("neither an 'environment'", """{ "version": 1, "environment": null, "assembly": "", "maxEpisodeSteps": null, "environments": 8, "threads": 1, "normalization": "table", "episodes": 1, "checkpointInterval": 60, "options": {} }""")]
    [TestCase("command.json", "not JSON")]
    [TestCase("command.json", "null")]
    public void A_damaged_command_file_is_named_with_a_remedy(string message, string content)
    {
        File.WriteAllText(_folder.PathOf("command.json"), content);

        var error = AssertUserError(message, "resume", _folder.FullName);
        Assert.That(error, Does.Contain(_folder.PathOf("command.json")).And.Contains("--overwrite"));
    }

    [Test]
    public void A_missing_assembly_of_a_resumed_run_is_named()
    {
        var gone = _folder.PathOf("gone.dll");
        File.WriteAllText(_folder.PathOf("command.json"), $$"""{ "version": 1, "environment": "Corridor", "assembly": {{System.Text.Json.JsonSerializer.Serialize(gone)}}, "maxEpisodeSteps": null, "environments": 8, "threads": 1, "normalization": "table", "episodes": 1, "checkpointInterval": 60, "options": {} }""");

        AssertUserError($"There is no assembly {gone}", "resume", _folder.FullName);
    }

    private static string AssertUserError(string message, params string[] arguments)
    {
        var (exitCode, _, error) = Tool.RunHere(arguments);
        Assert.That(error, Does.Contain(message).And.Not.Contains("   at "));
        Assert.That(exitCode, Is.EqualTo(1));
        return error;
    }
}
