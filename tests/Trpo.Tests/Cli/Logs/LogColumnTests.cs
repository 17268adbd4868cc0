using System.Globalization;
using Parquet;
using Parquet.Schema;
using Trpo.Tests.Support;

namespace Trpo.Tests.Cli.Logs;

/// <summary>Tests of the choice of columns: each one that cannot have its role is refused by name, with the remedy.</summary>
public sealed class LogColumnTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [TestCase("has no column 'Banner', which --action names. Its columns are 'Act', 'Probability', 'Reward', 'x'.", "Act,Probability,Reward,x", "a,0.5,1,2", "--action", "Banner")]
    [TestCase("has no column 'Action': name the one that it has with --action. Its columns are 'Act', 'Probability', 'Reward', 'x'.", "Act,Probability,Reward,x", "a,0.5,1,2")]
    [TestCase("Without the probabilities", "Action,p,Reward,x", "a,0.5,1,2")]
    [TestCase("has no column 'z', which --features names", "Action,Probability,Reward,x", "a,0.5,1,2", "--features", "x,z")]
    [TestCase("has no column 'z', which --ignore names", "Action,Probability,Reward,x", "a,0.5,1,2", "--ignore", "z")]
    [TestCase("'Reward' is the action, the reward or the probability", "Action,Probability,Reward,x", "a,0.5,1,2", "--features", "Reward")]
    [TestCase("'x' is in --features and in --ignore", "Action,Probability,Reward,x", "a,0.5,1,2", "--features", "x", "--ignore", "x")]
    [TestCase("No column of", "Action,Probability,Reward,x", "a,0.5,1,2", "--ignore", "x")]
    [TestCase("No column of", "Action,Probability,logprobability,Reward", "a,0.5,-0.69,1")]
    [TestCase("No column of", "Action,PROBABILITY,lp,Reward", "a,0.5,-0.69,1", "--log-probability", "lp")]
    [TestCase("'Reward' is named for two of them", "Action,Probability,Reward,x", "a,0.5,1,2", "--probability", "Reward")]
    [TestCase("Column 'Reward' of", "Action,Probability,Reward,x", "a,0.5,much,2")]
    [TestCase("has the text '0,5' in line 2. A probability is a number. Write numbers with a decimal point.", "Action;Probability;Reward;x", "a;0,5;1;2")]
    [TestCase("Column 'x' of", "Action,Probability,Reward,x", "a,0.5,1,")]
    [TestCase("has 1e300 in line 2, which is beyond the numbers of single precision", "Action,Probability,Reward,x", "a,0.5,1,1e300")]
    [TestCase("has -Infinity in line 2", "Action,Probability,Reward,x", "a,0.5,1,-Infinity")]
    public void A_wrong_column_is_refused_by_name(string message, string header, string row, params string[] options)
    {
        var error = Refusal(Write(header, Enumerable.Repeat(row, 4)), options);

        Assert.That(error, Does.Contain(message));
    }

    [Test]
    public void Missing_rewards_are_refused_with_their_number_and_the_first_line()
    {
        var file = Write("Action,Probability,Reward,x", Enumerable.Range(0, 40).Select(i => $"{(i % 4 < 2 ? "a" : "b")},0.5,{(i is 10 or 20 ? "" : i % 3)},{i % 7}"));

        Assert.That(Refusal(file, "--out", _folder.PathOf("run"), "train"), Does.Contain("Column 'Reward'").And.Contains("no value in 2 of 40 rows, first in line 12"));
        var check = Tool.RunHere("log", "check", "--data", file);
        Assert.That(check.ExitCode, Is.EqualTo(1));
        Assert.That(check.Output, Does.Contain("RewardNotFinite").And.Contains("Row 10 is in line 12 of"));
        Assert.That(Directory.Exists(_folder.PathOf("run")), Is.False);
    }

    [Test]
    public void An_identifier_is_refused_as_a_category_and_ignored_on_request()
    {
        var file = Write("Action,Probability,Reward,x,visitor", Enumerable.Range(0, 200).Select(i => $"{(i % 4 < 2 ? "a" : "b")},0.5,{i % 3},{i % 5},u{i % 150}"));

        Assert.That(Refusal(file), Does.Contain("Column 'visitor'").And.Contains("150 different texts, such as 'u0' in line 2").And.Contains("--ignore"));
        Assert.That(Tool.RunHere("log", "check", "--data", file, "--ignore", "Visitor").ExitCode, Is.Zero);
    }

    [Test]
    public void An_identifier_is_refused_as_an_action()
    {
        var file = Write("Action,Probability,Reward,x", Enumerable.Range(0, 1_200).Select(i => $"{i},0.5,{i % 3},{i % 5}"));

        Assert.That(Refusal(file), Does.Contain("more than 1,000 different actions"));
    }

    [Test]
    public void Numbers_are_categories_on_request()
    {
        var file = Write("Action,Probability,Reward,zip", Enumerable.Range(0, 40).Select(i => $"{(i % 4 < 2 ? "a" : "b")},0.5,{i % 3},{100 + (i % 5)}"));

        Assert.That(Tool.RunHere("log", "check", "--data", file).Output, Does.Contain("'zip' (numbers)"));
        Assert.That(Tool.RunHere("log", "check", "--data", file, "--text", "zip").Output, Does.Contain("'zip' (5 categories)"));
    }

    [Test]
    public void Actions_that_are_numbers_are_names()
    {
        var file = Write("Action,Probability,Reward,x", Enumerable.Range(0, 40).Select(i => $"{(i % 4 < 2 ? 101 : 70_007)},0.5,{i % 3},{i % 7}"));

        Assert.That(Tool.RunHere("log", "check", "--data", file).Output, Does.Contain("0 errors").And.Contains("2 actions"));
    }

    [Test]
    public void Logarithms_of_probabilities_are_found_by_their_name()
    {
        var file = Write("Action,LogProbability,Reward,x", Enumerable.Range(0, 40).Select(i => string.Create(CultureInfo.InvariantCulture, $"{(i % 4 < 2 ? "a" : "b")},{Math.Log(0.5)},{i % 3},{i % 7}")));

        Assert.That(Tool.RunHere("log", "check", "--data", file).Output, Does.Contain("'LogProbability' (logarithm)").And.Contains("0 errors"));
    }

    [Test]
    public void Columns_that_differ_in_case_alone_are_told()
    {
        var file = Write("Action,Probability,Reward,x,X,one", Enumerable.Range(0, 40).Select(i => $"{(i % 4 < 2 ? "a" : "b")},0.5,{i % 3},{i % 5},{i % 7},k"));
        var (_, output, error) = Tool.RunHere("log", "check", "--data", file);

        Assert.That(error, Does.Contain("'x' and 'X' differ in case alone"));
        Assert.That(output, Does.Contain("'one' (1 category)"));
    }

    [Test]
    public void Names_with_commas_and_quotes_are_in_quotes()
    {
        var file = Write("Action,Probability,Reward,\"size, cm\",\"the \"\"x\"\"\",y", Enumerable.Range(0, 40).Select(i => $"{(i % 4 < 2 ? "a" : "b")},0.5,{i % 3},{i % 5},{i % 7},{i % 2}"));

        Assert.That(Tool.RunHere("log", "check", "--data", file, "--features", " y , \"size, cm\" ").Output, Does.Contain("Features: 'y' (numbers), 'size, cm' (numbers)"));
        Assert.That(Tool.RunHere("log", "check", "--data", file, "--ignore", "\"size, cm\",\"the \"\"x\"\"\"").Output, Does.Contain("Features: 'y' (numbers)"));
        foreach (var open in new[] { "\"size, cm", "\"size\" cm" })
        {
            var refused = Tool.RunHere("log", "check", "--data", file, "--features", open);
            Assert.That(refused.ExitCode, Is.EqualTo(2));
            Assert.That(refused.Error, Does.Contain("--features has a quote that does not stand around a name"));
        }
    }

    [Test]
    public void Files_and_tables_are_named()
    {
        var csv = Write("Action,Probability,Reward,x", Enumerable.Repeat("a,0.5,1,2", 4));
        var database = new LogWriter(10).Sqlite(_folder.PathOf("log.db"), after: "CREATE TABLE other(x); CREATE TABLE empty(Action, Probability, Reward, x); CREATE TABLE blobs AS SELECT 'a' AS Action, 0.5 AS Probability, 1 AS Reward, x'00' AS x");

        Assert.That(Refusal(_folder.PathOf("nothing.csv")), Does.Contain("There is no file"));
        Assert.That(Refusal(_folder.FullName), Does.Contain("is a folder"));
        Assert.That(Refusal(csv, "--table", "x"), Does.Contain("is no SQLite database"));
        Assert.That(Refusal(database), Does.Contain("has 4 tables: name one with --table, of 'blobs', 'decisions', 'empty', 'other'"));
        Assert.That(Refusal(database, "--table", "nothing"), Does.Contain("has no table 'nothing'"));
        Assert.That(Refusal(database, "--table", "empty"), Does.Contain("has no rows"));
        Assert.That(Refusal(database, "--table", "blobs"), Does.Contain("Column 'x'").And.Contains("has binary data in row 0"));
    }

    [Test]
    public async Task Damaged_databases_and_Parquet_files_are_refused()
    {
        var (database, parquet) = (new LogWriter(300).Sqlite(_folder.PathOf("log.db")), await new LogWriter(300).ParquetAsync(_folder.PathOf("log.parquet")));
        foreach (var file in new[] { database, parquet })
        {
            var bytes = File.ReadAllBytes(file);
            for (var length = 16; length < bytes.Length; length += bytes.Length / 7)
            {
                File.WriteAllBytes(file, bytes[..length]);
                Assert.That(Refusal(file, LogWriter.Columns), Does.Contain(Path.GetFileName(file)));
            }
        }
    }

    [Test]
    public async Task A_Parquet_column_of_lists_is_refused_and_ignored_on_request()
    {
        var file = _folder.PathOf("lists.parquet");
        DataField[] fields = [new DataField<string>("Action"), new DataField<double>("Probability"), new DataField<int>("Reward"), new DataField<float>("x"), new DataField<DateTime>("time"), new("list", typeof(int), isArray: true)];
        await using (var stream = File.Create(file))
        {
            await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), stream);
            using var group = writer.CreateRowGroup();
            await group.WriteAsync(fields[0], [.. Enumerable.Range(0, 40).Select(i => i % 4 < 2 ? "a" : "b")]);
            await group.WriteAsync<double>(fields[1], Enumerable.Repeat(0.5, 40).ToArray());
            await group.WriteAsync<int>(fields[2], Enumerable.Range(0, 40).Select(i => i % 3).ToArray());
            await group.WriteAsync<float>(fields[3], Enumerable.Range(0, 40).Select(i => (float)(i % 7)).ToArray());
            await group.WriteAsync<DateTime>(fields[4], Enumerable.Range(0, 40).Select(i => DateTime.UnixEpoch.AddDays(i % 3)).ToArray());
            await group.WriteAsync<int>(fields[5], Enumerable.Range(0, 40).ToArray(), new int[40]);
            group.CompleteValidate();
        }

        Assert.That(Refusal(file), Does.Contain("Column 'list'"));
        Assert.That(Tool.RunHere("log", "check", "--data", file, "--ignore", "list").Output, Does.Contain("Features: 'x' (numbers)").And.Contains("Left out: 'time', since it has dates"));
    }

    // A verb may stand at the end of the options.
    private static string Refusal(string file, params string[] options)
    {
        var (verb, rest) = options is [.. var all, "train"] ? ("train", all) : ("check", options);
        var (exitCode, output, error) = Tool.RunHere(["log", verb, "--data", file, .. rest]);
        Assert.That(error, Does.Not.Contain("   at "));
        Assert.That(exitCode, Is.EqualTo(1), output);
        return error;
    }

    private string Write(string header, IEnumerable<string> rows)
    {
        File.WriteAllLines(_folder.PathOf("log.csv"), rows.Prepend(header));
        return _folder.PathOf("log.csv");
    }
}
