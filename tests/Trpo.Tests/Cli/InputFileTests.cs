using Trpo.Tests.Support;

namespace Trpo.Tests.Cli;

/// <summary>Tests of files that the command line names: options, response files, and symbolic links that lead nowhere.</summary>
public sealed class InputFileTests
{
    private TemporaryFolder _folder = null!;
    private string _run = null!;

    [SetUp]
    public void CreateFolder()
    {
        _folder = new TemporaryFolder();
        _run = _folder.PathOf("run");
    }

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    [Platform("Linux", Reason = "/dev/zero")]
    public void An_endless_file_is_refused()
    {
        AssertError(1, "/dev/zero has more than 16 MiB", "train", "--environment", "cartpole", "--out", _run, "--options", "/dev/zero");
        AssertError(2, "/dev/zero has more than 16 MiB", "train", "@/dev/zero");
    }

    [Test]
    public void A_huge_file_and_a_folder_are_refused_as_options()
    {
        var huge = _folder.PathOf("huge.json");
        using (var file = File.Create(huge))
            file.SetLength((16 << 20) + 1);

        AssertError(1, $"{huge} has more than 16 MiB", "train", "--environment", "cartpole", "--out", _run, "--options", huge);
        AssertError(1, $"{_folder.FullName} is a folder", "train", "--environment", "cartpole", "--out", _run, "--options", _folder.FullName);
        Assert.That(Directory.Exists(_run), Is.False);
    }

    [Test]
    public void Arguments_come_from_a_response_file()
    {
        var run = _folder.PathOf("a run");
        var file = Write("arguments", $"# A comment.\n\n--environment cartpole --steps 64\r\n  --episodes 0\n--out \"{run}\"\n");
        var (exitCode, _, error) = Tool.RunHere("train", $"@{file}", "--seed", "2");

        Assert.That(exitCode, Is.Zero, error);
        Assert.That(File.ReadAllText(Path.Combine(run, "command.json")), Does.Contain("\"totalSteps\": 64").And.Contains("\"seed\": 2"));
        AssertError(2, "--setps", "train", $"@{Write("wrong", "--environment cartpole --setps 64")}");
        AssertError(2, "Name an environment", "train", $"@{Write("empty", "")}");
    }

    [Test]
    public void A_response_file_that_cannot_be_read_is_named()
    {
        var (missing, self) = (_folder.PathOf("missing"), _folder.PathOf("self"));
        Write("self", $"--environment cartpole @{self}");

        AssertError(2, $"There is no response file {missing}", "train", $"@{missing}");
        AssertError(2, $"{self} names another one, @{self}", "train", $"@{self}");
        AssertError(2, $"{_folder.FullName} is a folder", "train", $"@{_folder.FullName}");
        AssertError(2, "There is no response file", "resume", "@runs");
        AssertError(1, "@runs", "resume", "./@runs");
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "Symbolic links need a privilege.")]
    public void A_symbolic_link_that_loops_or_leads_nowhere_is_named()
    {
        var (loop, nowhere, first, assembly) = (_folder.PathOf("loop"), _folder.PathOf("nowhere"), _folder.PathOf("first"), _folder.PathOf("loop.dll"));
        File.CreateSymbolicLink(loop, loop);
        File.CreateSymbolicLink(assembly, "loop.dll");
        File.CreateSymbolicLink(nowhere, _folder.PathOf("gone"));

        // Two links that lead back through one another's folders.
        File.CreateSymbolicLink(first, Path.Combine("second", "x"));
        File.CreateSymbolicLink(_folder.PathOf("second"), "first");

        foreach (var path in new[] { loop, Path.Combine(loop, "run"), first })
        {
            var link = path.StartsWith(loop, StringComparison.Ordinal) ? loop : first;
            var message = $"{link} is a symbolic link to {new FileInfo(link).LinkTarget}, which leads back to the link";
            AssertError(1, message, "train", "--environment", "cartpole", "--out", path);
            AssertError(1, message, "train", "--environment", "cartpole", "--out", _run, "--options", path);
            AssertError(1, message, "resume", path);
            AssertError(1, message, "report", path);
            AssertError(1, message, "inspect", path);
            AssertError(1, message, "evaluate", path);
            AssertError(2, message, "train", $"@{path}");
        }

        AssertError(1, $"{assembly} is a symbolic link to loop.dll, which leads back", "check", "--assembly", assembly);
        AssertError(1, $"{nowhere} is a symbolic link to {_folder.PathOf("gone")}, which does not exist", "train", "--environment", "cartpole", "--out", nowhere);
        Assert.That(Directory.Exists(_run), Is.False);
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "Symbolic links need a privilege.")]
    public void Symbolic_links_that_lead_somewhere_are_followed()
    {
        Directory.CreateSymbolicLink(_folder.PathOf("link"), Directory.CreateDirectory(_run).FullName);
        File.CreateSymbolicLink(_folder.PathOf("options"), Write("options.json", "{ \"discount\": 0.9 }"));
        var (exitCode, _, error) = Tool.RunHere(
            "train", "--environment", "cartpole", "--steps", "64", "--episodes", "0", "--out", _folder.PathOf("link"), "--options", _folder.PathOf("options"));

        Assert.That(exitCode, Is.Zero, error);
        Assert.That(File.ReadAllText(Path.Combine(_run, "command.json")), Does.Contain("\"discount\": 0.9"));
    }

    private string Write(string name, string text)
    {
        var path = _folder.PathOf(name);
        File.WriteAllText(path, text);
        return path;
    }

    private static void AssertError(int code, string message, params string[] arguments)
    {
        var (exitCode, _, error) = Tool.RunHere(arguments);
        Assert.That(error, Does.Contain(message).And.Not.Contains("   at "));
        Assert.That(exitCode, Is.EqualTo(code));
    }
}
