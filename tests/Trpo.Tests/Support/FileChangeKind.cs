namespace Trpo.Tests.Support;

/// <summary>The kind of a <see cref="FileChange"/>.</summary>
internal enum FileChangeKind
{
    CreateFolder,
    CreateFile,
    Move,
    Delete,
    SyncFolder,
}
