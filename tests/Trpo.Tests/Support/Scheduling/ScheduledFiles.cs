using Trpo.Onnx.Files;

namespace Trpo.Tests.Support.Scheduling;

/// <summary>
/// The disk as one run sees it: before each operation, another thread may run. Each folder has a number, in a file of its own, by which it is known wherever it is moved. A run that changes
/// two folders, or a folder that another run is changing, fails.
/// </summary>
/// <param name="scheduler">The scheduler.</param>
/// <param name="changing">The files of the run that changes a folder, by the number of the folder; shared by all runs.</param>
internal sealed class ScheduledFiles(SeededScheduler scheduler, Dictionary<string, ScheduledFiles> changing) : IFileSystem
{
    /// <summary>The name of the file that holds the number of its folder.</summary>
    public const string NumberName = "number";

    private static int _folders;

    public bool FolderExists(string path)
    {
        scheduler.Point($"asks for {path}");
        return Directory.Exists(path);
    }

    public void CreateFolder(string path)
    {
        scheduler.Point($"creates {path}");
        if (Directory.Exists(path))
            return;
        Directory.CreateDirectory(path);
        File.WriteAllText(Path.Combine(path, NumberName), $"{Interlocked.Increment(ref _folders)}");
    }

    public void CreateFile(string path, ReadOnlySpan<byte> content)
    {
        Change($"writes {path}", path);

        // Without flushing, which costs more than all else.
        using var file = new FileStream(path, FileMode.CreateNew);
        file.Write(content);
    }

    public void Move(string path, string target)
    {
        Change($"moves {path} to {target}", path);
        File.Move(path, target, overwrite: true);
    }

    public void Delete(string path)
    {
        Change($"deletes {path}", path);
        File.Delete(path);
    }

    public void SyncFolder(string path) => scheduler.Point($"syncs {path}");

    /// <summary>Ends the run.</summary>
    public void Release()
    {
        foreach (var (number, _) in changing.Where(entry => entry.Value == this).ToList())
            changing.Remove(number);
    }

    private void Change(string operation, string path)
    {
        scheduler.Point(operation);
        var file = Path.Combine(Path.GetDirectoryName(path)!, NumberName);
        if (!File.Exists(file))
            return;
        var number = File.ReadAllText(file);
        SeededScheduler.Require(!changing.TryGetValue(number, out var other) || other == this, "a run changes the folder of another one");
        SeededScheduler.Require(changing.All(entry => entry.Value != this || entry.Key == number), "a run changes two folders");
        changing[number] = this;
    }
}
