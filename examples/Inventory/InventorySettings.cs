namespace Trpo.Examples.Inventory;

/// <summary>What the command line asked for.</summary>
internal sealed record InventorySettings(int Seed, int Steps, DirectoryInfo Folder);
