namespace Trpo.Examples.Cluster;

/// <summary>The settings of a training.</summary>
/// <param name="Membership">The conditions under which it may connect.</param>
/// <param name="Gateways">The ports for clients of the silos on this machine, where there is no Redis server.</param>
/// <param name="StepTime">The time that each step of the simulator takes.</param>
/// <param name="Steps">The number of steps.</param>
/// <param name="Shards">The number of shards.</param>
/// <param name="ShardsPerWorker">The number of shards that one worker runs.</param>
/// <param name="ComparedSteps">The number of steps of the training that is repeated in this process; 0 for none.</param>
/// <param name="Seed">The seed of all randomness.</param>
/// <param name="Folder">The folder for the policy and the checkpoints.</param>
/// <param name="Resume">True if an interrupted training in the folder is resumed.</param>
/// <param name="Patience">The time after which a client gives up that no silo has accepted.</param>
internal sealed record TrainingSettings(
    Membership Membership,
    IReadOnlyList<int> Gateways,
    TimeSpan StepTime,
    int Steps,
    int Shards,
    int ShardsPerWorker,
    int ComparedSteps,
    int Seed,
    DirectoryInfo Folder,
    bool Resume,
    TimeSpan Patience);
