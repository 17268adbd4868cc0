namespace Trpo.Examples.Inventory;

/// <summary>What the command line asked for.</summary>
internal sealed record InventorySettings(int Seed, int Steps, DirectoryInfo Folder, bool Resume)
{
    public DirectoryInfo Checkpoints => new(Path.Combine(Folder.FullName, "checkpoints"));
}
