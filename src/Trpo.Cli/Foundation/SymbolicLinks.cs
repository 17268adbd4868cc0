namespace Trpo.Cli.Foundation;

/// <summary>Checks of the symbolic links in a path. Without them, a link that leads nowhere passes for a file.</summary>
internal static class SymbolicLinks
{
    /// <summary>Checks that every symbolic link of a path, the last component included, leads to a file or folder.</summary>
    /// <param name="path">The path; it need not exist.</param>
    /// <exception cref="CommandException">A link leads back to itself, or to something that does not exist.</exception>
    public static void Check(string path)
    {
        if (path.Contains('\0', StringComparison.Ordinal))
            return;
        foreach (var prefix in Prefixes(Path.GetFullPath(path)))
        {
            if (new FileInfo(prefix).LinkTarget is { } target && Fault(prefix) is { } fault)
                throw new CommandException($"{prefix} is a symbolic link to {target}, {fault}: remove the link, or point it to a file or folder that exists.");
        }
    }

    // From the root down, because whatever follows a link that leads nowhere does not exist.
    private static Stack<string> Prefixes(string path)
    {
        var prefixes = new Stack<string>();
        for (var prefix = Path.TrimEndingDirectorySeparator(path); prefix is not null; prefix = Path.GetDirectoryName(prefix))
            prefixes.Push(prefix);
        return prefixes;
    }

    private static string? Fault(string link)
    {
        try
        {
            if (File.ResolveLinkTarget(link, returnFinalTarget: true) is { } end && Path.Exists(end.FullName))
                return null;

            // Of a loop over several folders, and of a pipe, the end has no path, but opening the link shows it.
            File.OpenHandle(link).Dispose();
            return null;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return "which does not exist";
        }
        catch (IOException)
        {
            return "which leads back to the link";
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }
}
