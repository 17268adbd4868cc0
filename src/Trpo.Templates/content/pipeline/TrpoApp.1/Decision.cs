namespace TrpoApp._1;

/// <summary>The decision for a row: the name of the action, and the probability of each.</summary>
public sealed class Decision
{
    public string Watering { get; set; } = "";

    public float[] Score { get; set; } = [];
}
