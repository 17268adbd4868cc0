namespace Trpo.Examples.Inventory;

/// <summary>The decision of a policy by name, and the probability of each of its actions.</summary>
internal sealed class InventoryDecision
{
    public string Order { get; set; } = "";

    public float[] Score { get; set; } = [];
}
