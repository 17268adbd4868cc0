namespace Trpo.Orleans;

/// <summary>The limit of the length of messages.</summary>
internal static class MessageSize
{
    /// <summary>The limit where none is set: the weights of a large network and the rows of a rollout fit, and a length that is wrong is refused.</summary>
    public const int Default = 1 << 30;

    private const int Min = 1 << 20;

    /// <summary>Throws if a limit is below the minimum.</summary>
    public static void Check(int bytes, string name)
    {
        if (bytes < Min)
            throw new ArgumentOutOfRangeException(name, bytes, $"{name} must be at least {Min} bytes.");
    }
}
