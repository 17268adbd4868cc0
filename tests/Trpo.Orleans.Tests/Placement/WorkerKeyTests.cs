using System.Net;
using Trpo.Orleans.Placement;

namespace Trpo.Orleans.Tests.Placement;

/// <summary>The keys of grains that live on one silo.</summary>
public sealed class WorkerKeyTests
{
    [TestCase("10.0.0.1", "block")]
    [TestCase("fe80::1", "a/b@c#7")]
    public void A_key_names_its_silo(string host, string block)
    {
        var silo = SiloAddress.New(new IPEndPoint(IPAddress.Parse(host), 11_111), 1_234);

        Assert.That(WorkerKey.SiloOf(WorkerKey.OfSilo(silo)), Is.EqualTo(silo));
        Assert.That(WorkerKey.SiloOf(WorkerKey.OfBlock(silo, 3, block)), Is.EqualTo(silo));
    }

    [Test]
    public void Each_move_gives_another_key()
    {
        var silo = SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 1), 2);

        Assert.That(WorkerKey.OfBlock(silo, 1, "x"), Is.Not.EqualTo(WorkerKey.OfBlock(silo, 2, "x")));
    }

    [TestCase("127.0.0.1:1@2/0/x", true)]
    [TestCase("127.0.0.1:1@2/12/a/b", true)]
    [TestCase("127.0.0.1:1@3/0/x", false)]
    [TestCase("127.0.0.1:01@2/0/x", false)]
    [TestCase("127.0.0.1:1@2/01/x", false)]
    [TestCase("127.0.0.1:1@2/-1/x", false)]
    [TestCase("127.0.0.1:1@2/99999999999/x", false)]
    [TestCase("127.0.0.1:1@2/0/", false)]
    [TestCase("127.0.0.1:1@2/0", false)]
    [TestCase("127.0.0.1:1@2", false)]
    [TestCase("127.0.0.1:1@2/0/x\n", false)]
    public void A_block_has_the_key_of_one_form(string key, bool isOfBlock)
    {
        var silo = SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 1), 2);

        Assert.That(() => WorkerKey.CheckBlock(key, silo), isOfBlock ? Throws.Nothing : Throws.ArgumentException.With.Message.Contains("is no key of a block on silo").And.Message.Not.Contains("\n"));
        Assert.That(() => WorkerKey.CheckSilo(key, silo), key == "127.0.0.1:1@2" ? Throws.Nothing : Throws.ArgumentException.With.Message.Contains("is not the key of silo"));
    }

    [Test]
    public void A_name_of_any_length_is_no_name()
    {
        var silo = SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 1), 2);

        Assert.That(() => WorkerKey.CheckBlock(WorkerKey.OfBlock(silo, 0, new string('x', 256)), silo), Throws.Nothing);
        Assert.That(() => WorkerKey.CheckBlock(WorkerKey.OfBlock(silo, 0, new string('x', 257)), silo), Throws.ArgumentException.With.Message.Length.LessThan(500));
    }

    [Test]
    public void A_key_of_others_names_none() => Assert.That(WorkerKey.SiloOf("something else/1/x"), Is.Null);
}
