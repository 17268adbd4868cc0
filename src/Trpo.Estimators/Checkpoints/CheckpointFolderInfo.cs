namespace Trpo.Estimators.Checkpoints;

/// <summary>The state of a folder of checkpoints, which is neither created nor changed. Each property reads the folder anew.</summary>
/// <param name="folder">The folder; it need not exist.</param>
public sealed class CheckpointFolderInfo(string folder)
{
    /// <summary>Gets the full path of the folder.</summary>
    public string FullName { get; } = Path.GetFullPath(folder);

    /// <summary>Gets the number of the latest checkpoint, damaged or not: 1 for the one that is written before the first step, 0 if there is none.</summary>
    public long LatestNumber => CheckpointFolder.LatestNumber(FullName);

    /// <summary>True if a training, of any process, writes its checkpoints to the folder.</summary>
    /// <exception cref="UnauthorizedAccessException">The process may not open the lock file of the folder.</exception>
    public bool IsInUse => FolderLock.IsHeld(CheckpointFolder.LockPath(FullName));
}
