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

    [Test]
    public void A_key_of_others_names_none() => Assert.That(WorkerKey.SiloOf("something else/1/x"), Is.Null);
}
