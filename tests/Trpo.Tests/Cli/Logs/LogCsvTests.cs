using System.Text;
using CsCheck;
using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Cli.Foundation;
using Trpo.Cli.Logs.Files;
using Trpo.Tests.Support;

namespace Trpo.Tests.Cli.Logs;

/// <summary>Tests of CSV files that are damaged or odd: a row is read as it stands there, or the line is named.</summary>
public sealed class LogCsvTests
{
    private const string Header = "Action,Probability,Reward,x\n";

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [TestCase("is empty", "")]
    [TestCase("has a header, but no rows", Header)]
    [TestCase("has a header, but no rows", Header + "\n \n")]
    [TestCase("Line 3 of", Header + "a,0.5,1,2\nb,0.5,1\n")]
    [TestCase("has 5 cells, but the header has 4: 'Action', 'Probability', 'Reward', 'x'", Header + "a,0,5,1,2\n")]
    [TestCase("Line 4 of", Header + "\"a\n\",0.5,1,2\nb,0.5,1\n")]
    [TestCase("NUL character in line 3", Header + "a,0.5,1,2\nb,0.5,1,\0\n")]
    [TestCase("NUL character in its header", "Action\0,Reward\n1,2\n")]
    [TestCase("2 columns in the header of", "Action,Probability,Reward,x,x\na,0.5,1,2,3\n")]
    [TestCase("have the name 'x'", "Action,Probability,Reward,x,\"x\"\na,0.5,1,2,3\n")]
    [TestCase("Column 4 of 5 in the header", "Action,Probability,Reward,,x\na,0.5,1,2,3\n")]
    [TestCase("has one column, 'Action Probability'", "Action Probability\na 0.5\n")]
    [TestCase("Line 2 of", Header + "\"a,0.5,1,2\nb,0.5,1,3\n")]
    [TestCase("Line 3 of", Header + "c,0.5,1,2\na 5\" disk,0.5,1,2\na 6\" disk,0.5,1,3\n", Description = "Two quotes of inches would make one row of two.")]
    [TestCase("within the name '5\" a,0.5,1,2 b\"'", "Action,Probability,Reward,5\"\na,0.5,1,2\nb\",0.5,1,3\n")]
    [TestCase("within the cell 'a \"b\" c'", Header + "a \"b\" c,0.5,1,2\n")]
    [TestCase("within the cell '\"a\" b'", Header + "\"a\" b,0.5,1,2\n")]
    [TestCase("within the cell '\"a \"b\" c\"'", Header + "\"a \"b\" c\",0.5,1,2\n")]
    [TestCase("The line 3 of", Header + "c,0.5,1,2\n\"shoes,0.5,1,2\nhats\",0.5,1,3\n", Description = "A cell of two rows whose quotes are in order.")]
    public void A_damaged_file_is_refused_by_name(string message, string content)
    {
        var error = Refusal(Write(content));

        Assert.That(error, Does.Contain(message).And.Contains("log.csv"));
    }

    [Test]
    public void A_file_in_another_encoding_is_refused()
    {
        var file = _folder.PathOf("log.csv");
        File.WriteAllBytes(file, [.. Encoding.Latin1.GetBytes(Header + "Düsseldorf,0.5,1,2\n")]);

        Assert.That(Refusal(file), Does.Contain("is not in UTF-8"));
    }

    [Test]
    public void A_cell_of_a_megabyte_is_read_where_it_is_ignored_and_refused_as_a_category()
    {
        var cell = new string('y', 1 << 20);
        var rows = string.Concat(Enumerable.Range(0, 40).Select(i => $"{(i % 4 < 2 ? "a" : "b")},0.5,{i % 3},{i % 7}\n"));
        var file = Write(Header.TrimEnd() + ",note\n" + rows.Replace("\n", ",short\n", StringComparison.Ordinal) + $"a,0.5,1,2,{cell}\n");

        var refused = Tool.RunHere("log", "check", "--data", file);
        Assert.That(refused.ExitCode, Is.EqualTo(1));
        Assert.That(refused.Error, Does.Contain("Column 'note'").And.Contains("line 42").And.Contains("1,000 characters"));
        Assert.That(refused.Error.Length, Is.LessThan(500));
        Assert.That(Tool.RunHere("log", "check", "--data", file, "--ignore", "note").Output, Does.Contain("41 rows"));
    }

    [Test]
    public void A_row_beyond_the_limit_of_the_reader_is_refused()
    {
        var file = Write(Header + $"a,0.5,1,\"{new string('y', 20 << 20)}\"\n");

        Assert.That(Refusal(file), Does.Contain("a row that cannot be read"));
    }

    [TestCase("\"two\nlines\",0.5,1,2\n", "two\nlines")]
    [TestCase("\"two, and, more,\n, and, lines\",0.5,1,2\n", "two, and, more,\n, and, lines")]
    [TestCase(" \"a \"\"b\"\" c\" ,0.5,1,2\n", "a \"b\" c")]
    [TestCase("\"\",0.5,1,2\n", "")]
    [TestCase("\"\"\"\",0.5,1,2\n", "\"")]
    public void Quotes_that_stand_around_a_cell_are_read(string row, string action)
    {
        using var file = CsvLog.Create(Write(Header + row), CancellationToken.None);

        Assert.That(file.Load(new MLContext(), [new LogField("Action", LogFieldType.Text)]).GetColumn<string>("Action"), Is.EqualTo(new[] { action }));
    }

    [Test]
    public void Rows_that_look_like_comments_are_rows()
    {
        var file = CsvLog.Create(Write(Header + "//a,0.5,1,2\n#@ b,0.5,2,3\n # c,0.5,3,4\n\n\"//d\",0.5,4,5\n"), CancellationToken.None);
        var view = file.Load(new MLContext(), [new LogField("Action", LogFieldType.Text), new LogField("Reward", LogFieldType.Double)]);

        Assert.That(file.Rows, Is.EqualTo(4));
        Assert.That(view.GetColumn<string>("Action"), Is.EqualTo(new[] { "//a", "#@ b", "# c", "//d" }));
        Assert.That(view.GetColumn<double>("Reward"), Is.EqualTo(new[] { 1.0, 2, 3, 4 }));
    }

    [Test]
    public void Spaces_around_cells_are_left_out_and_those_in_quotes_are_kept()
    {
        var file = CsvLog.Create(Write("Action , \"x\"\n a ,  1 \n \" b\"\"\" , 2\n"), CancellationToken.None);
        var view = file.Load(new MLContext(), [new LogField("Action", LogFieldType.Text), new LogField("x", LogFieldType.Single)]);

        Assert.That(view.GetColumn<string>("Action"), Is.EqualTo(new[] { "a", " b\"" }));
        Assert.That(view.GetColumn<float>("x"), Is.EqualTo(new[] { 1f, 2 }));
    }

    [Test]
    public void Missing_numbers_are_NaN_and_never_zero()
    {
        var file = CsvLog.Create(Write("x,y,flag,word\n1,,true,NA\nNA,2,,x\n?,null,FALSE,\nNaN,n/a,NA,null\n"), CancellationToken.None);
        var view = file.Load(new MLContext(), [new LogField("x", LogFieldType.Single), new LogField("y", LogFieldType.Double), new LogField("flag", LogFieldType.Single), new LogField("word", LogFieldType.Text)]);

        Assert.That(file.Columns.Select(column => (column.Kind, column.Missing, column.FirstMissing)), Is.EqualTo(new[]
        {
            (LogColumnKind.Number, 3L, "line 3"), (LogColumnKind.Number, 3, "line 2"), (LogColumnKind.Boolean, 2, "line 3"), (LogColumnKind.Text, 1, "line 4"),
        }));
        Assert.That(view.GetColumn<float>("x"), Is.EqualTo(new[] { 1, float.NaN, float.NaN, float.NaN }));
        Assert.That(view.GetColumn<double>("y"), Is.EqualTo(new[] { double.NaN, 2, double.NaN, double.NaN }));
        Assert.That(view.GetColumn<float>("flag"), Is.EqualTo(new[] { 1, float.NaN, 0, float.NaN }));
        Assert.That(view.GetColumn<string>("word"), Is.EqualTo(new[] { "NA", "x", "", "null" }));
    }

    [Test]
    public void Any_text_and_any_number_is_read_as_it_was_written()
    {
        var texts = Gen.String[Gen.Char["ab \",;|\t\n'/#@\\0é"], 0, 6];
        var cells = Gen.Select(texts, Gen.Double.Where(double.IsFinite));
        Gen.Select(cells.Array[1, 20], Gen.Char[",;\t|"]).Sample((drawn, separator) =>
        {
            // A column that has no text at all is one of numbers.
            (string, double)[] rows = [("a", 0), .. drawn];
            var path = _folder.PathOf($"{Guid.NewGuid():N}.csv");
            var lines = rows.Select(row => $"{LogWriter.Quoted(row.Item1, separator, always: true)}{separator}{row.Item2.ToString("R", System.Globalization.CultureInfo.InvariantCulture)}");
            File.WriteAllText(path, $"text{separator}number\n" + string.Join('\n', lines));
            var view = CsvLog.Create(path, CancellationToken.None).Load(new MLContext(), [new LogField("number", LogFieldType.Double), new LogField("text", LogFieldType.Text)]);
            var (read, numbers) = (view.GetColumn<string>("text").ToArray(), view.GetColumn<double>("number").ToArray());
            File.Delete(path);
            return read.SequenceEqual(rows.Select(row => row.Item1)) && numbers.SequenceEqual(rows.Select(row => row.Item2));
        }, iter: 300, threads: 1);
    }

    [Test]
    public void A_file_that_changes_between_two_passes_is_refused()
    {
        var path = Write(Header + "a,0.5,1,2\nb,0.5,1,3\n");
        var file = CsvLog.Create(path, CancellationToken.None);
        File.AppendAllText(path, "c,0.5,1,3\n");

        var view = file.Load(new MLContext(), [new LogField("Action", LogFieldType.Text)]);
        var thrown = Assert.Catch(() => view.GetColumn<string>("Action").Count());
        Assert.That(Messages(thrown).OfType<CommandException>().Single().Message, Does.Contain("was changed while it was read"));
    }

    [Test]
    public void A_file_that_is_open_for_writing_elsewhere_is_read()
    {
        var path = Write(Header + "a,0.5,1,2\nb,0.5,1,3\n");
        using var writer = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);

        Assert.That(CsvLog.Create(path, CancellationToken.None).Rows, Is.EqualTo(2));
    }

    private static IEnumerable<Exception> Messages(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
            yield return exception;
    }

    private static string Refusal(string file)
    {
        var (exitCode, output, error) = Tool.RunHere("log", "check", "--data", file);
        Assert.That(exitCode, Is.EqualTo(1), output);
        Assert.That(error, Does.Not.Contain("   at "));
        return error;
    }

    private string Write(string content)
    {
        File.WriteAllText(_folder.PathOf("log.csv"), content);
        return _folder.PathOf("log.csv");
    }
}
