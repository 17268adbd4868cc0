using System.Buffers.Binary;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using Trpo.Tests.Support;

namespace Trpo.Tests.Cli;

/// <summary>Tests of environments from an assembly of the user.</summary>
public sealed class AssemblyTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void A_policy_is_trained_and_evaluated_in_an_environment_of_the_user()
    {
        var run = _folder.PathOf("run");
        var trained = Tool.Run("train", "--assembly", Tool.Environments, "--environment", "Corridor", "--steps", "4000", "--out", run, "--max-episode-steps", "7", "--episodes", "4");
        var evaluated = Tool.Run("evaluate", run, "--episodes", "4");

        Assert.That(trained.ExitCode, Is.Zero, trained.Error);
        Assert.That(evaluated.ExitCode, Is.Zero, evaluated.Error);
        Assert.That(evaluated.Output, Does.StartWith("Corridor: 7.000 ± 0.000 over 4 episodes"), "it walks to the right until the time limit");
    }

    [Test]
    public void Columns_may_have_the_names_of_the_inputs_and_outputs_of_policies()
    {
        var run = _folder.PathOf("run");
        var (exitCode, _, error) = Tool.RunHere("train", "--assembly", Tool.Environments, "--environment", "Labelled", "--steps", "500", "--episodes", "2", "--out", run);

        Assert.That(exitCode, Is.Zero, error);
        Assert.That(Tool.RunHere("inspect", Path.Combine(run, "policy.onnx")).Output, Does.Contain("input_score").And.Contains("input_action").And.Contains("input_logits").And.Not.Contains("input_observation"));
        Assert.That(Check("Labelled").ExitCode, Is.Zero);
    }

    [TestCase("Corridor")]
    [TestCase("Trpo.CliEnvironments.Corridor")]
    public void A_type_is_found_by_its_full_and_its_simple_name(string name)
    {
        var (exitCode, output, error) = Check(name);

        Assert.That(exitCode, Is.Zero, error);
        Assert.That(output, Does.StartWith("Environment 'Corridor': 0 errors"));
    }

    [Test]
    public void A_package_beside_the_assembly_is_loaded() => Assert.That(Check("Sampled").ExitCode, Is.Zero);

    [Test]
    public void A_missing_package_is_named()
    {
        var copy = _folder.PathOf("Alone.dll");
        File.Copy(Tool.Environments, copy);

        // The process of the tests has loaded the package.
        var (exitCode, output, _) = Tool.Run("check", "--assembly", copy, "--environment", "Sampled");
        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(output, Does.Contain("CsCheck"));
        Assert.That(Tool.RunHere("check", "--assembly", copy, "--environment", "Corridor").ExitCode, Is.Zero, "the libraries are the tool's");
    }

    [TestCase("There is no type 'Corridoor'", "Corridoor")]
    [TestCase("is no environment", "Robot")]
    [TestCase("needs a constructor without parameters", "Configured")]
    [TestCase("There are several environments", null)]
    public void An_unsuitable_type_is_refused_with_the_suitable_ones(string message, string? name)
    {
        var (exitCode, _, error) = Check(name);

        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(error, Does.Contain(message).And.Contains(Tool.Environments).And.Contains("Trpo.CliEnvironments.Corridor, Trpo.CliEnvironments.Enormous, Trpo.CliEnvironments.Failing"));
        Assert.That(error, Does.Not.Contain("Trpo.CliEnvironments.Hooked").And.Not.Contains("   at "));
    }

    [Test]
    public void An_exception_of_an_environment_is_shown_as_message_and_top_frame()
    {
        var run = _folder.PathOf("run");
        var (exitCode, _, error) = Tool.Run("train", "--assembly", Tool.Environments, "--environment", "Failing", "--normalize", "off", "--steps", "100000", "--out", run);
        var created = Tool.RunHere("train", "--assembly", Tool.Environments, "--environment", "Unplugged", "--out", run + "2");

        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(error, Does.Contain("The motor is off.").And.Contains("at Trpo.CliEnvironments.Failing.Change"));
        Assert.That(error.Split('\n').Count(line => line.Contains(" at Trpo.", StringComparison.Ordinal)), Is.EqualTo(1));
        Assert.That(File.Exists(Path.Combine(run, "report.html")), Is.True, "900 steps of 8 environments are 14 iterations");
        Assert.That(created.ExitCode, Is.EqualTo(1));
        Assert.That(created.Error, Does.Contain("The robot is not plugged in."));
    }

    [Test]
    public void An_environment_that_cancels_itself_is_an_error_and_no_interruption()
    {
        var run = _folder.PathOf("run");
        var trained = Tool.RunHere("train", "--normalize", "off", "--steps", "100000", "--out", run, "--assembly", Tool.Environments, "--environment", "Impatient");
        var check = Tool.RunHere("check", "--steps", "2000", "--assembly", Tool.Environments, "--environment", "Impatient");

        Assert.That(trained.ExitCode, Is.EqualTo(1));
        Assert.That(trained.Error, Does.Match(@"Environment 'Impatient' \(index 0 of 8\) failed in Step, at step \d+ of its episode: The simulator does not answer\.").And.Contains("at Trpo.CliEnvironments.Impatient.Change"));
        Assert.That(File.Exists(Path.Combine(run, "report.html")), Is.True);
        Assert.That(check.ExitCode, Is.EqualTo(1));
        Assert.That(check.Output, Does.Contain("Error StepFailed").And.Contains("The simulator does not answer."));
    }

    [Test]
    public void A_constructor_that_fails_later_is_an_error_that_the_user_can_correct()
    {
        var (exitCode, _, error) = Tool.RunHere("train", "--normalize", "off", "--steps", "1000", "--out", _folder.PathOf("run"), "--assembly", Tool.Environments, "--environment", "Moody");

        Assert.That(exitCode, Is.EqualTo(1), error);
        Assert.That(error, Does.Contain("Environment 'Moody' (index ").And.Contain("could not be created").And.Contain("There are no more licences.").And.Contain("at Trpo.CliEnvironments.Moody"));
    }

    [Test]
    public void A_policy_for_another_environment_is_refused_with_the_shapes_of_both()
    {
        var run = _folder.PathOf("run");
        Assert.That(Tool.RunHere("train", "--assembly", Tool.Environments, "--environment", "Corridor", "--steps", "500", "--episodes", "0", "--out", run).ExitCode, Is.Zero);
        var (exitCode, _, error) = Tool.RunHere("evaluate", run, "--assembly", Tool.Environments, "--environment", "Perpetual");

        Assert.That(exitCode, Is.EqualTo(1), error);
        Assert.That(error, Does.Contain("The policy was trained on Observation[2], but environment 'Perpetual' has Observation[1]. It was trained in environment 'Corridor'."));
    }

    [Test]
    public void An_environment_without_an_end_is_trained_and_evaluated_with_a_warning()
    {
        var run = _folder.PathOf("run");
        var trained = Tool.RunHere("train", "--assembly", Tool.Environments, "--environment", "Perpetual", "--environments", "1", "--steps", "10500", "--episodes", "0", "--out", run);
        var evaluated = Tool.RunHere("evaluate", run, "--episodes", "1");

        Assert.That(trained.ExitCode, Is.Zero, trained.Error);
        Assert.That(trained.Error, Does.Contain("Warning: Environment 'Perpetual' (index 0 of 1) has neither terminated nor truncated its episode within 10000 steps"));
        Assert.That(evaluated.ExitCode, Is.Zero, evaluated.Error);
        Assert.That(evaluated.Output, Does.Contain("episodes of 10000 ± 0 steps; 0 ended, 1 were cut off"));
        Assert.That(evaluated.Error, Does.Contain("Warning: Environment 'Perpetual' (index 0 of 1) has neither terminated nor truncated its episode within 10000 steps"));
    }

    [Test]
    public void A_step_that_does_not_return_ends_the_run_which_can_be_resumed()
    {
        var run = _folder.PathOf("stuck");
        var variables = new Dictionary<string, string> { ["TRPO_TEST_FILE"] = _folder.PathOf("sign") };
        var (exitCode, _, error) = Tool.RunWith(variables, "train", "--assembly", Tool.Environments, "--environment", "Stuck", "--normalize", "off", "--steps", "100000", "--step-timeout", "0.5", "--out", run);

        Assert.That(exitCode, Is.EqualTo(1), error);
        Assert.That(error, Does.Match(@"\(index \d of 8\) has not returned from Step, at step \d+ of its episode, for 0\.\d+ s, since .*; the stepTimeout of LoadFromEnvironment is 0\.5 s\."));
        Assert.That(error, Does.Match(@"Training ends in iteration \d+; it can be resumed from .*checkpoint"));
        Assert.That(File.ReadAllText(Path.Combine(run, "command.json")), Does.Contain("\"stepTimeout\": 0.5"));
    }

    [Test]
    public void Failed_environments_are_restarted_as_often_as_the_command_says()
    {
        // Each of two environments fails in its 900th step.
        var run = _folder.PathOf("run");
        string[] train = ["train", "--assembly", Tool.Environments, "--environment", "Failing", "--environments", "2", "--normalize", "off", "--steps", "4000", "--episodes", "0", "--out"];
        var enough = Tool.RunHere([.. train, run, "--max-restarts", "4"]);
        var tooFew = Tool.RunHere([.. train, run + "2", "--max-restarts", "3"]);

        Assert.That(enough.ExitCode, Is.Zero, enough.Error);
        Assert.That(enough.Error, Does.Contain("2 environments failed at once, with the indices 0, 1: they are created anew, and their episodes dropped (restart 4 of 4)."));
        Assert.That(tooFew.ExitCode, Is.EqualTo(1));
        Assert.That(tooFew.Error, Does.Contain("2 environments failed at once. 2 of the restarts that the maxRestarts of LoadFromEnvironment allows, 3, were used before."));
        Assert.That(Tool.RunHere("resume", run + "2", "--max-restarts", "9").ExitCode, Is.Zero);
        Assert.That(Tool.RunHere([.. train, run + "3", "--max-restarts", "-1"]).Error, Does.Contain("--max-restarts"));
    }

    [Test]
    public void A_failure_in_the_evaluation_leaves_policy_and_report()
    {
        // One environment makes 500 steps in training, and would make 1,000 in the evaluation.
        var run = _folder.PathOf("run");
        var (exitCode, output, error) = Tool.RunHere("train", "--assembly", Tool.Environments, "--environment", "Failing", "--environments", "1", "--normalize", "off", "--steps", "500", "--out", run);

        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(error, Does.Contain("The motor is off."));
        foreach (var file in new[] { "model.zip", "policy.onnx", "report.html" })
            Assert.That(output, Does.Contain($"Wrote {Path.Combine(run, file)}"));
    }

    [Test]
    public void Infinite_returns_are_written_as_infinity()
    {
        var (run, file) = (_folder.PathOf("run"), _folder.PathOf("result.json"));
        Assert.That(Tool.RunHere("train", "--assembly", Tool.Environments, "--environment", "Corridor", "--steps", "500", "--episodes", "0", "--out", run).ExitCode, Is.Zero);
        var (exitCode, _, error) = Tool.RunHere("evaluate", run, "--assembly", Tool.Environments, "--environment", "Enormous", "--episodes", "3", "--json", file);

        Assert.That(exitCode, Is.Zero, error);
        Assert.That(File.ReadAllText(file), Does.Match("\"return\": \"-?Infinity\""));
    }

    [Test]
    public void A_damaged_dependency_file_is_named()
    {
        var copy = _folder.PathOf("Some.dll");
        File.Copy(Tool.Environments, copy);
        File.WriteAllText(_folder.PathOf("Some.deps.json"), "{");
        var (exitCode, _, error) = Tool.RunHere("check", "--assembly", copy, "--environment", "Corridor");

        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(error, Does.Contain(copy).And.Contains("Build the project again."));
    }

    [Test]
    public void A_file_other_than_an_assembly_is_refused()
    {
        var file = _folder.PathOf("text.dll");
        File.WriteAllText(file, "text");

        Assert.That(Tool.RunHere("check", "--assembly", file).Error, Does.Contain($"{file} is not a .NET assembly"));
        Assert.That(Tool.RunHere("check", "--assembly", file + "x").Error, Does.Contain($"There is no assembly {file}x"));
    }

    [Test]
    public void An_assembly_of_a_newer_library_is_refused_with_both_versions()
    {
        var bytes = File.ReadAllBytes(Tool.Environments);
        using (var file = new PEReader(new MemoryStream(bytes)))
        {
            var metadata = file.GetMetadataReader();
            var reference = metadata.AssemblyReferences.Single(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name) == "Trpo.Estimators");
            var row = file.PEHeaders.MetadataStartOffset + metadata.GetTableMetadataOffset(TableIndex.AssemblyRef) + (metadata.GetTableRowSize(TableIndex.AssemblyRef) * (MetadataTokens.GetRowNumber(reference) - 1));
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(row), 9);
        }

        var newer = _folder.PathOf("Newer.dll");
        File.WriteAllBytes(newer, bytes);

        var (exitCode, _, error) = Tool.RunHere("check", "--assembly", newer);
        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(error, Does.Contain("Trpo.Estimators 9.1.0.0").And.Contains("this tool has 0.1.0.0"));
    }

    private static (int ExitCode, string Output, string Error) Check(string? name) =>
        Tool.RunHere(["check", "--assembly", Tool.Environments, "--steps", "500", .. name is null ? Array.Empty<string>() : ["--environment", name]]);
}
