namespace Trpo.Estimators.Shards.Remote;

/// <summary>The ways in which a worker may have to end the request at work.</summary>
internal enum StopLevel : byte
{
    /// <summary>Not before it is done.</summary>
    None,

    /// <summary>Before the next environment step.</summary>
    Pause,

    /// <summary>Before the next environment step, and asynchronous steps are cancelled.</summary>
    Cancel,
}
