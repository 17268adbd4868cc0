namespace Trpo.Cli.Runs;

/// <summary>The folders that a command creates for its files. Those that are empty at its end are deleted.</summary>
internal sealed class NewFolders : IDisposable
{
    private readonly List<string> _missing = [];

    /// <param name="path">A folder that will be created, with those that it is missing in.</param>
    public NewFolders(string path)
    {
        for (var folder = Path.GetFullPath(path); folder is not null && !Directory.Exists(folder); folder = Path.GetDirectoryName(folder))
            _missing.Add(folder);
    }

    /// <summary>Deletes the folders that are empty.</summary>
    public void Dispose()
    {
        foreach (var folder in _missing.Where(Directory.Exists))
        {
            if (Directory.EnumerateFileSystemEntries(folder).Any())
                return;
            try
            {
                Directory.Delete(folder);
            }
            catch (IOException)
            {
                // Another program has written to it at this moment: it is empty no more.
                return;
            }
        }
    }
}
