namespace Trpo.Tests.Support;

/// <summary>The folder of the sources from which the tests were built.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(TestContext.CurrentContext.TestDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Trpo.MLNet.sln")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException("Trpo.MLNet.sln is in none of the folders above the tests.");
    }
}
