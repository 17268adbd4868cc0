namespace Trpo.Estimators.Environments.ClassicControl;

/// <summary>The valley of the two mountain-car environments and how a car rolls in it, in Moore's units.</summary>
internal static class Hill
{
    public const double Left = -1.2;
    public const double Right = 0.6;
    public const double SpeedLimit = 0.07;
    public const double FirstStart = -0.6;
    public const double LastStart = -0.4;
    private const double Gravity = 0.0025;

    /// <summary>One step of a car that is pushed by <paramref name="push"/>; the left end stops it.</summary>
    public static (double Position, double Velocity) Roll(double position, double velocity, double push)
    {
        velocity = Math.Clamp(velocity + push - (Gravity * Math.Cos(3 * position)), -SpeedLimit, SpeedLimit);
        position = Math.Clamp(position + velocity, Left, Right);
        return (position, position == Left && velocity < 0 ? 0 : velocity);
    }
}
