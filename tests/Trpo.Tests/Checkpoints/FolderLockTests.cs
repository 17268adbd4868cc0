using Trpo.Estimators.Checkpoints;
using Trpo.Tests.Support;

namespace Trpo.Tests.Checkpoints;

public sealed class FolderLockTests
{
    private TemporaryFolder _folder = null!;
    private string _path = null!;

    [SetUp]
    public void CreateFolder()
    {
        _folder = new TemporaryFolder();
        _path = _folder.PathOf("a.lock");
    }

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [TestCase(true)]
    [TestCase(false)]
    public void Lock_is_held_by_one_holder_until_it_is_released(bool deleteOnRelease)
    {
        Assert.That(FolderLock.IsHeld(_path), Is.False);
        Assert.That(FolderLock.TryAcquire(_path, deleteOnRelease, out var first), Is.True);
        Assert.That(FolderLock.TryAcquire(_path, deleteOnRelease, out var second), Is.False);
        Assert.That((second, FolderLock.IsHeld(_path), first!.FileName), Is.EqualTo(((FolderLock?)null, true, Path.GetFullPath(_path))));

        first.Dispose();
        Assert.That((FolderLock.IsHeld(_path), File.Exists(_path)), Is.EqualTo((false, !deleteOnRelease)));
        Assert.That(FolderLock.TryAcquire(_path, deleteOnRelease, out var third), Is.True);
        third!.Dispose();
    }

    [Test]
    public void Lock_file_of_a_killed_process_is_not_held()
    {
        File.WriteAllText(_path, "");

        Assert.That(FolderLock.IsHeld(_path), Is.False);
        Assert.That(FolderLock.TryAcquire(_path, deleteOnRelease: true, out var acquired), Is.True);
        acquired!.Dispose();
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Lock_of_a_deleted_folder_is_lost_once_another_holder_has_locked_a_new_one(bool deleteOnRelease)
    {
        var path = _folder.PathOf("run", "a.lock");
        Directory.CreateDirectory(_folder.PathOf("run"));
        FolderLock.TryAcquire(path, deleteOnRelease, out var first);
        Assert.That(first!.IsLost, Is.False);
        Directory.Delete(_folder.PathOf("run"), recursive: true);
        Assert.That(first.IsLost, Is.True);
        Directory.CreateDirectory(_folder.PathOf("run"));
        FolderLock.TryAcquire(path, deleteOnRelease, out var second);

        Assert.That((first.IsLost, second!.IsLost), Is.EqualTo((true, false)));
        first.Dispose();
        Assert.That((FolderLock.IsHeld(path), second.IsLost), Is.EqualTo((true, false)), "the first holder leaves the second one's lock alone");
        second.Dispose();
        Assert.That(Directory.GetFiles(_folder.PathOf("run")), deleteOnRelease ? Is.Empty : Is.Not.Empty);
    }

    [Test]
    public void Missing_folder_is_an_error_and_not_a_lock_that_is_held()
    {
        var path = _folder.PathOf("missing", "a.lock");

        Assert.That(() => FolderLock.TryAcquire(path, deleteOnRelease: true, out _), Throws.InstanceOf<IOException>());
        Assert.That(FolderLock.IsHeld(path), Is.False);
    }

    [Test]
    public void Folder_info_has_the_number_of_the_latest_checkpoint_and_whether_the_folder_is_in_use()
    {
        var info = new CheckpointFolderInfo(_folder.PathOf("checkpoints"));
        Assert.That((info.LatestNumber, info.IsInUse), Is.EqualTo((0L, false)));
        Assert.That(Directory.Exists(info.FullName), Is.False);

        using (var folder = new CheckpointFolder(new CheckpointOptions { Folder = info.FullName }))
        {
            folder.Save(new CheckpointContent());
            folder.Save(new CheckpointContent());
            Assert.That((info.LatestNumber, info.IsInUse), Is.EqualTo((2L, true)));
        }

        Assert.That((info.LatestNumber, info.IsInUse), Is.EqualTo((2L, false)));
    }
}
