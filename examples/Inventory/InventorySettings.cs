namespace Trpo.Examples.Inventory;

/// <summary>The settings from the command line.</summary>
internal sealed record InventorySettings(int Seed, int Steps, DirectoryInfo Folder, bool Resume)
{
    public DirectoryInfo Checkpoints => new(Path.Combine(Folder.FullName, "checkpoints"));
}
