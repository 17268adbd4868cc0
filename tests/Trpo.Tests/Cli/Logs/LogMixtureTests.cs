using Trpo.Cli.Logs;
using Trpo.Tests.Support;

namespace Trpo.Tests.Cli.Logs;

/// <summary>Tests of columns whose cells do not go together, and of messages in the words of the command line.</summary>
public sealed class LogMixtureTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [TestCase("x", "1,true,0,false", "has both numbers and true or false, such as 'true' in line 3: write one of them")]
    [TestCase("Reward", "1,true,0,false", "has both numbers and true or false, such as 'true' in line 3: write one of them")]
    public void Numbers_and_Booleans_in_one_column_are_refused(string column, string cells, string message)
    {
        var values = cells.Split(',');
        var file = Write(i => column == "x" ? values[i % 4] : $"{i % 7}", i => column == "Reward" ? values[i % 4] : $"{i % 3}");

        Assert.That(Tool.RunHere("log", "check", "--data", file).Error, Does.Contain($"Column '{column}'").And.Contains(message));
    }

    [Test]
    public void One_text_among_numbers_is_named_by_its_cell_and_line()
    {
        var file = Write(i => i == 12 ? "\"1,5\"" : $"{i * 37 % 501 / 2.0:0.0}", i => $"{i % 3}");
        var error = Tool.RunHere("log", "check", "--data", file).Error;

        Assert.That(error, Does.Contain("Column 'x'").And.Contains("has numbers in 199 rows, and a text: '1,5' in line 14 is no number. Write numbers with a decimal point").And.Contains("--text"));
    }

    [Test]
    public void Codes_are_categories_on_request_though_most_are_numbers()
    {
        var file = Write(i => i == 12 ? "9b" : $"{i % 7}", i => $"{i % 3}");
        Assert.That(Tool.RunHere("log", "check", "--data", file).Error, Does.Contain("'9b' in line 14 is no number; correct it"));
        Assert.That(Tool.RunHere("log", "check", "--data", file, "--text", "x").Output, Does.Contain("'x' (8 categories)"));
    }

    [Test]
    public void Messages_have_the_words_of_the_command_line()
    {
        var choice = new LogChoice("banner", "clicked", "p", false, [new LogFeature("age", false), new LogFeature("size", false)]) { Mask = new LogMask("can_", ["a", "b"]) };
        var words = new LogWords(choice);
        foreach (var (message, expected) in new[]
        {
            ("In row 3 (from 0), value 1 of column 'Observation' is ∞. Put ReplaceMissingValues in front, or leave the row out.", "In row 3 (from 0), the value of feature 'size' is ∞. Correct the value, or leave the row out."),
            ("In row 3 (from 0), value 1 of column 'Eligible' is 2. A mask", "In row 3 (from 0), column 'can_b' is 2. A mask"),
            ("action 'a' was taken, but column 'Eligible' has 0 for it. Log the mask that held when the action was drawn, in the order of the actions.", "action 'a' was taken, but column 'can_a' has 0. Log what could be taken when the action was drawn."),
            ("is 1.5. Number the rows by whole numbers from 0, or set LogColumns.Step to null if they are in the order of the view.", "is 1.5. Number the rows by whole numbers from 0, or leave --step out if they are in the order of the file."),
            ("Log more rows, or set RewardModel or Estimator otherwise.", "Log more rows, or choose another --reward-model or --estimator."),
            ("takes. CheckLog tells more", "takes. `trpo log check` tells more"),
        })
            Assert.That(words.Of(message), Is.EqualTo(expected));
        Assert.That(new LogWords(choice) { Observations = ["", "device.phone"] }.Of("value 1 of column 'Observation' is"), Is.EqualTo("the value of feature 'device.phone' is"));
    }

    [Test]
    public void Faults_of_steps_are_told_in_the_words_of_the_command_line()
    {
        var file = _folder.PathOf("steps.csv");
        File.WriteAllLines(file, Enumerable.Range(0, 40).Select(i => $"g{i / 4},{(i % 4) + 0.5},{i % 7},{(i % 3 == 0 ? "a" : "b")},0.5,{i % 3}").Prepend("Game,Turn,x,Action,Probability,Reward"));
        var output = Tool.RunHere("log", "check", "--data", file, "--episode", "Game", "--step", "Turn").Output;

        Assert.That(output, Does.Contain("StepInvalid").And.Contains("leave --step out").And.Not.Contains("LogColumns"));
    }

    private string Write(Func<int, string> x, Func<int, string> reward)
    {
        var path = _folder.PathOf("log.csv");
        File.WriteAllLines(path, Enumerable.Range(0, 200).Select(i => $"{(i % 4 < 2 ? "a" : "b")},0.5,{reward(i)},{x(i)}").Prepend("Action,Probability,Reward,x"));
        return path;
    }
}
