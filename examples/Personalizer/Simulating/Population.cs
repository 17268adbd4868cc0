namespace Trpo.Examples.Personalizer.Simulating;

/// <summary>People whose preferences are known here alone, and change: each likes one of three actions, by the direction of two numbers, and the directions turn from round to round.</summary>
internal static class Population
{
    public const double Liked = 0.97;
    public const double Disliked = 0.49;

    private const double TurnPerRound = 0.01;

    public static readonly string[] Features = ["x", "y"];
    public static readonly string[] Actions = ["red", "green", "blue"];

    /// <summary>The chance of a reward, which is 0.65 for actions that are drawn uniformly.</summary>
    public static double Chance(float x, float y, string action, int round)
    {
        var turned = (Math.Atan2(y, x) / (2 * Math.PI)) + 1 + (TurnPerRound * round);
        return Actions[(int)(turned % 1 * 3) % 3] == action ? Liked : Disliked;
    }
}
