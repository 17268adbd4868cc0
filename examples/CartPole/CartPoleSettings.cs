namespace Trpo.Examples.CartPole;

/// <summary>The settings from the command line.</summary>
internal sealed record CartPoleSettings(int Seed, int Steps, int Environments, DirectoryInfo Folder, FileInfo? Json, bool Resume)
{
    public DirectoryInfo Checkpoints => new(Path.Combine(Folder.FullName, "checkpoints"));
}
