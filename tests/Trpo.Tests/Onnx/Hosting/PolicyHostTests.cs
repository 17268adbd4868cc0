using Microsoft.Extensions.Time.Testing;
using Trpo.Onnx;
using Trpo.Onnx.Hosting;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx.Hosting;

/// <summary>Tests of a policy that is replaced while it serves.</summary>
public sealed class PolicyHostTests
{
    private static readonly byte[] First = Support.Policies.Onnx(Support.Policies.Choices, seed: 1);
    private static readonly byte[] Second = Support.Policies.Onnx(Support.Policies.Choices, seed: 2);
    private static readonly float[][] Observations = Support.Policies.Observations(50);

    [Test]
    public void A_file_that_changed_is_served_by_the_next_reload_and_one_that_did_not_is_left()
    {
        using var file = new HostedFile(First);
        using var host = file.Open();
        Assert.That(Choices(host), Is.EqualTo(Choices(First)).And.Not.EqualTo(Choices(Second)));
        Assert.That(host.Reload(), Is.False);
        file.Write(Second);

        Assert.That(Choices(host), Is.EqualTo(Choices(First)), "nobody asked for the file yet");
        Assert.That(host.Reload(), Is.True);
        Assert.That(Choices(host), Is.EqualTo(Choices(Second)));
        Assert.That(host.Reload(), Is.False);
        Assert.That(file.Changes.Select(change => (change.IsReplaced, change.Path, change.Error)), Is.EqualTo(new[] { (true, file.Path, (Exception?)null) }));
    }

    [Test]
    public void A_watched_file_is_served_after_the_interval()
    {
        var clock = new FakeTimeProvider();
        using var file = new HostedFile(First);
        using var host = file.Open(options => (options.WatchInterval, options.TimeProvider) = (TimeSpan.FromSeconds(5), clock));
        file.Write(Second);
        clock.Advance(TimeSpan.FromSeconds(4.9));
        Assert.That(Choices(host), Is.EqualTo(Choices(First)));
        clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.That(Choices(host), Is.EqualTo(Choices(Second)));
        host.Dispose();
        file.Write(First);
        clock.Advance(TimeSpan.FromSeconds(60));

        Assert.That(file.Changes, Has.Count.EqualTo(1), "nothing is watched after the end");
    }

    [Test]
    public void A_file_that_cannot_be_served_is_reported_once_and_the_earlier_policy_stays()
    {
        using var file = new HostedFile(First);
        using var host = file.Open();
        (string Cause, byte[] Bytes)[] wrong =
        [
            ("damaged", Second[..^100]),
            ("no policy", [1, 2, 3]),
            ("empty", []),
            ("Could not serve", Support.Policies.Onnx(Support.Policies.Vectors)),
            ("Could not serve", Support.Policies.Onnx(Support.Policies.Choices, observationLength: 5)),
        ];
        foreach (var (cause, bytes) in wrong)
        {
            file.Changes.Clear();
            file.Overwrite(bytes);
            Assert.That(host.Reload(), Is.False, cause);
            Assert.That(host.Reload(), Is.False, cause);
            Assert.That(file.Changes, Has.Count.EqualTo(1), cause);
            Assert.That(file.Changes[0].Error, Is.TypeOf<InvalidDataException>().With.Message.Contains(file.Path), cause);
            Assert.That(file.Changes[0].Metadata, Is.SameAs(host.Metadata));
            Assert.That(Choices(host), Is.EqualTo(Choices(First)), cause);
        }

        Assert.That(file.Changes[0].Error!.Message, Does.Contain("is served: callers could not take it"));
        file.Write(Second);
        Assert.That(host.Reload(), Is.True, "a right file is served after wrong ones");
    }

    [Test]
    public void A_file_that_is_gone_is_reported_once_and_served_when_it_is_back()
    {
        using var file = new HostedFile(First);
        using var host = file.Open();
        File.Delete(file.Path);
        Assert.That(host.Reload(), Is.False);
        Assert.That(host.Reload(), Is.False);
        Assert.That(file.Changes.Select(change => change.Error?.GetType()), Is.EqualTo(new[] { typeof(FileNotFoundException) }));
        Assert.That(Choices(host), Is.EqualTo(Choices(First)));
        file.Write(Second);

        Assert.That(host.Reload(), Is.True);
        Assert.That(Choices(host), Is.EqualTo(Choices(Second)));
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "Links need a privilege.")]
    public void A_link_that_leads_elsewhere_is_a_change()
    {
        using var file = new HostedFile(First);
        var link = file.PathOf("link.onnx");
        File.WriteAllBytes(file.PathOf("second.onnx"), Second);
        File.CreateSymbolicLink(link, file.Path);
        using var host = PolicyHost.Open(link);
        Assert.That(host.Reload(), Is.False);
        File.Delete(link);
        File.CreateSymbolicLink(link, file.PathOf("second.onnx"));

        Assert.That(host.Reload(), Is.True);
        Assert.That(Choices(host), Is.EqualTo(Choices(Second)));
    }

    [Test]
    public void A_policy_is_replaced_from_memory_and_one_of_another_kind_is_disposed()
    {
        using var host = new PolicyHost(PolicySession.Open(First));
        host.Replace(PolicySession.Open(Second));
        Assert.That(Choices(host), Is.EqualTo(Choices(Second)));
        var other = PolicySession.Open(Support.Policies.Onnx(Support.Policies.Vectors));

        Assert.That(() => host.Replace(other), Throws.ArgumentException.With.Message.Contains("Open another PolicyHost"));
        Assert.That(() => other.CreateBatch(1), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(Choices(host), Is.EqualTo(Choices(Second)));
        Assert.That(() => host.Reload(), Throws.InvalidOperationException.With.Message.Contains("Replace"));
        Assert.That(() => new PolicyHost(PolicySession.Open(First), new() { WatchInterval = TimeSpan.FromSeconds(1) }), Throws.ArgumentException.With.Message.Contains("Open"));
    }

    [Test]
    public void A_shared_session_keeps_its_policy_and_the_replaced_one_is_freed()
    {
        var first = PolicySession.Open(First);
        using var host = new PolicyHost(first);
        using var shared = host.Share();
        host.Replace(PolicySession.Open(Second));

        Assert.That(() => first.CreateBatch(1), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(Observations.Select(observation => shared.Act(observation)), Is.EqualTo(Choices(First)));
    }

    [Test]
    public void A_disposed_host_refuses_every_call()
    {
        using var file = new HostedFile(First);
        var host = file.Open();
        host.Dispose();
        host.Dispose();

        Assert.That(() => host.Act(Observations[0]), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => host.Act(Observations[0], new float[1]), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(host.Share, Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => host.Reload(), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => host.Replace(PolicySession.Open(First)), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void Settings_and_files_that_cannot_be_are_refused_at_once()
    {
        using var file = new HostedFile(First);

        Assert.That(() => file.Open(options => options.WatchInterval = TimeSpan.FromMilliseconds(9)), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("10 ms"));
        Assert.That(() => file.Open(options => options.WatchInterval = TimeSpan.FromDays(50)), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => PolicyHost.Open(file.PathOf("none.onnx")), Throws.TypeOf<FileNotFoundException>());
        file.Overwrite([1]);
        Assert.That(() => file.Open(), Throws.TypeOf<InvalidDataException>());
    }

    [Test]
    public void A_new_version_of_the_same_length_and_time_is_served_by_a_reload()
    {
        using var file = new HostedFile(First);
        using var host = file.Open();
        var time = File.GetLastWriteTimeUtc(file.Path);
        File.WriteAllBytes(file.Path, Second);
        File.SetLastWriteTimeUtc(file.Path, time);

        Assert.That(Second, Has.Length.EqualTo(First.Length));
        Assert.That(host.Reload(), Is.True);
        Assert.That(Choices(host), Is.EqualTo(Choices(Second)));
    }

    [Test]
    public void A_file_that_is_gone_twice_is_reported_twice()
    {
        using var file = new HostedFile(First);
        using var host = file.Open();
        for (var turn = 0; turn < 2; turn++)
        {
            File.Move(file.Path, file.PathOf("elsewhere"));
            Assert.That(host.Reload(), Is.False);
            File.Move(file.PathOf("elsewhere"), file.Path);
            Assert.That(host.Reload(), Is.False, "the same file is back");
        }

        Assert.That(file.Changes.Count(change => change.Error is FileNotFoundException), Is.EqualTo(2));
    }

    [Test]
    public void A_file_that_asks_for_too_much_memory_is_refused_and_the_earlier_policy_stays()
    {
        var clock = new FakeTimeProvider();
        using var file = new HostedFile(LiteralPolicies.InOnnxRuntime());
        using var host = file.Open(options => (options.WatchInterval, options.TimeProvider, options.Trust) = (TimeSpan.FromSeconds(1), clock, true));
        var before = host.Act(Observations[0]);
        file.Write(UnusedInputs.Add(LiteralPolicies.InOnnxRuntime(), "unused", int.MaxValue));
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.That(file.Changes.Select(change => change.Error), Has.One.TypeOf<InvalidDataException>());
        Assert.That(host.Act(Observations[0]), Is.EqualTo(before));
    }

    [Test]
    public void A_policy_whose_columns_have_other_names_is_refused()
    {
        using var host = new PolicyHost(PolicySession.Open(First));
        var named = new PolicyMetadata(ObservationSpace.Unbounded(4), Support.Policies.Choices, [], [new PolicyInputColumn("State", PolicyInputType.Single, 4)]);
        using var policy = Support.Policies.Create(Support.Policies.Choices);

        Assert.That(() => host.Replace(PolicySession.Open(policy.Export(named))), Throws.ArgumentException.With.Message.Contains("State[4]").And.Message.Contains("observation[4]"));
    }

    [Test]
    public void The_served_policy_replaces_itself_without_effect_and_a_disposed_one_is_refused()
    {
        var policy = PolicySession.Open(First);
        using var host = new PolicyHost(policy);
        host.Replace(policy);
        Assert.That(Choices(host), Is.EqualTo(Choices(First)));
        var disposed = PolicySession.Open(Second);
        disposed.Dispose();

        Assert.That(() => host.Replace(disposed), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(Choices(host), Is.EqualTo(Choices(First)));
    }

    [Test]
    public void Later_changes_of_the_options_and_the_context_of_the_opener_do_not_reach_the_host()
    {
        var clock = new FakeTimeProvider();
        using var file = new HostedFile(First);
        var context = new AsyncLocal<string?> { Value = "request 1" };
        var seen = new List<string?>();
        var options = new PolicyHostOptions { WatchInterval = TimeSpan.FromSeconds(1), TimeProvider = clock, Changed = _ => seen.Add(context.Value) };
        using var host = PolicyHost.Open(file.Path, options);
        options.Changed = null;
        context.Value = "later";
        file.Write(Second);
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.That(seen, Has.Count.EqualTo(1));
        Assert.That(seen, Has.None.EqualTo("request 1"));
    }

    private static int[] Choices(PolicyHost host) => [.. Observations.Select(observation => host.Act(observation))];

    private static int[] Choices(byte[] onnx)
    {
        using var session = PolicySession.Open(onnx);
        return [.. Observations.Select(observation => session.Act(observation))];
    }
}
