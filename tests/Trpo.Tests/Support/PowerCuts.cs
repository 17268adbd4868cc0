namespace Trpo.Tests.Support;

/// <summary>
/// The states of a disk that a power cut may leave, by the rules of POSIX: content that was flushed is there; of the changes of names in a folder since it was last synced, any
/// may be there and any may be missing; a file that is being created may have any part of its content.
/// </summary>
internal static class PowerCuts
{
    /// <summary>Returns every state after each number of changes: from file names to contents, and from folder names to null.</summary>
    /// <param name="changes">The changes in their order.</param>
    /// <param name="start">The state before the first change, all of it on the disk.</param>
    public static IEnumerable<(int Changes, IReadOnlyDictionary<string, byte[]?> Disk)> Of(IReadOnlyList<FileChange> changes, IReadOnlyDictionary<string, byte[]?> start)
    {
        for (var count = 0; count <= changes.Count; count++)
        {
            foreach (var disk in Survivors([.. changes.Take(count)], start))
                yield return (count, disk);
            if (count == changes.Count || changes[count].Kind != FileChangeKind.CreateFile)
                continue;

            // The power is cut while the file is written.
            var whole = changes[count].Content;
            foreach (var part in new[] { 0, whole.Length / 2, whole.Length - 1 })
            {
                foreach (var disk in Survivors([.. changes.Take(count), changes[count] with { Content = whole[..part] }], start))
                    yield return (count, disk);
            }
        }
    }

    private static IEnumerable<IReadOnlyDictionary<string, byte[]?>> Survivors(FileChange[] changes, IReadOnlyDictionary<string, byte[]?> start)
    {
        var unsynced = Enumerable.Range(0, changes.Length).Where(i => changes[i].Kind != FileChangeKind.SyncFolder && !changes.Skip(i).Any(later => later.Kind == FileChangeKind.SyncFolder && later.Path == changes[i].Folder)).ToList();
        if (unsynced.Count > 12)
            throw new InvalidOperationException($"{unsynced.Count} changes are not synced: too many combinations.");
        for (var missing = 0; missing < 1 << unsynced.Count; missing++)
            yield return Apply(changes, i => unsynced.IndexOf(i) is var place && (place < 0 || (missing >> place & 1) == 0), start);
    }

    private static Dictionary<string, byte[]?> Apply(FileChange[] changes, Func<int, bool> isOnDisk, IReadOnlyDictionary<string, byte[]?> start)
    {
        var disk = new Dictionary<string, byte[]?>(start);

        // A file keeps its content under the names that it is given, whichever of these survive.
        var contents = start.Where(entry => entry.Value is not null).ToDictionary(entry => entry.Key, entry => entry.Value!);
        for (var i = 0; i < changes.Length; i++)
        {
            var change = changes[i];
            switch (change.Kind)
            {
                case FileChangeKind.CreateFolder when isOnDisk(i):
                    disk[change.Path] = null;
                    break;
                case FileChangeKind.CreateFile:
                    contents[change.Path] = change.Content;
                    if (isOnDisk(i))
                        disk[change.Path] = change.Content;
                    break;
                case FileChangeKind.Move:
                    contents[change.Target] = contents[change.Path];
                    if (isOnDisk(i))
                    {
                        disk.Remove(change.Path);
                        disk[change.Target] = contents[change.Path];
                    }

                    break;
                case FileChangeKind.Delete when isOnDisk(i):
                    disk.Remove(change.Path);
                    break;
            }
        }

        // What lies in a folder whose name is missing is lost.
        return disk.Where(entry => Folders(entry.Key).All(disk.ContainsKey)).ToDictionary();
    }

    private static IEnumerable<string> Folders(string path)
    {
        for (var folder = Path.GetDirectoryName(path); !string.IsNullOrEmpty(folder); folder = Path.GetDirectoryName(folder))
            yield return folder;
    }
}
