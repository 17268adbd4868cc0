using Trpo.Onnx.Hosting;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx.Hosting;

/// <summary>Versions of a policy in a folder.</summary>
public sealed class PolicyVersionsTests
{
    [Test]
    public void Versions_are_kept_served_and_rolled_back()
    {
        using var folder = new TemporaryFolder();
        var versions = new PolicyVersions(folder.PathOf("versions"));
        Assert.That(versions.List(), Is.Empty);
        Assert.That(versions.Current, Is.Null);
        Assert.That(versions.RollBack, Throws.InvalidOperationException.With.Message.Contains("nothing to roll back"));

        var first = versions.Add(Onnx(1));
        versions.SetCurrent(first);
        using var host = PolicyHost.Open(versions.CurrentPath);
        var (second, third) = (versions.Add(Onnx(2)), versions.Add(Onnx(3)));
        Assert.That(versions.Add(Onnx(2)), Is.EqualTo(second), "the same bytes are the same version");
        Assert.That(versions.Current, Is.EqualTo(first));
        versions.SetCurrent(third);

        Assert.That(versions.List().Select(version => version.Number), Is.EqualTo([1, 2, 3]));
        Assert.That(host.Reload(), Is.True);
        Assert.That(versions.RollBack(), Is.EqualTo(second));
        Assert.That(versions.RollBack(), Is.EqualTo(first));
        Assert.That(new PolicyVersions(folder.PathOf("versions")).Current, Is.EqualTo(first));
        Assert.That(File.ReadAllBytes(versions.CurrentPath), Is.EqualTo(Onnx(1)));
        Assert.That(versions.RollBack, Throws.InvalidOperationException.With.Message.Contains("Version 1").And.Message.Contains("the first one"));
    }

    [Test]
    public void Damaged_versions_and_strange_bytes_never_become_current()
    {
        using var folder = new TemporaryFolder();
        var versions = new PolicyVersions(folder.FullName);
        var (first, second) = (versions.Add(Onnx(1)), versions.Add(Onnx(2)));
        versions.SetCurrent(first);
        var path = Directory.GetFiles(folder.FullName, "v2-*.onnx").Single();
        File.WriteAllBytes(path, Onnx(3));

        Assert.That(() => versions.SetCurrent(second), Throws.TypeOf<InvalidDataException>().With.Message.Contains("version 2").And.Message.Contains("SHA-256"));
        Assert.That(() => versions.Add([1, 2, 3]), Throws.TypeOf<InvalidDataException>());
        Assert.That(() => versions.SetCurrent(new PolicyVersion(9, new string('0', 64))), Throws.InstanceOf<FileNotFoundException>());
        Assert.That(versions.Current, Is.EqualTo(first));
    }

    [Test]
    public void Power_cut_at_any_change_leaves_the_old_or_the_new_version()
    {
        using var folder = new TemporaryFolder();
        var versions = new PolicyVersions(folder.FullName);
        versions.SetCurrent(versions.Add(Onnx(1)));
        var start = Directory.GetFiles(folder.FullName).ToDictionary(file => Path.GetFileName(file), file => (byte[]?)File.ReadAllBytes(file));
        var recorded = new RecordedFileSystem(folder.FullName);
        var changing = new PolicyVersions(folder.FullName, recorded);
        changing.SetCurrent(changing.Add(Onnx(2)));

        var states = PowerCuts.Of(recorded.Changes, start).ToList();
        Assert.That(states, Has.Count.GreaterThan(3));
        foreach (var (changes, disk) in states)
        {
            var current = disk["current.onnx"];
            Assert.That(current, Is.EqualTo(Onnx(1)).Or.EqualTo(Onnx(2)), $"after {changes} changes");
            if (current!.AsSpan().SequenceEqual(Onnx(2)))
                Assert.That(disk.Where(file => file.Key.StartsWith("v2-", StringComparison.Ordinal)).Select(file => file.Value), Is.EqualTo(new[] { Onnx(2) }), "what is current is kept");
        }
    }

    private static byte[] Onnx(ulong seed) => Support.Policies.Onnx(Support.Policies.Choices, seed: seed);
}
