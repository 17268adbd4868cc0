using System.Net;
using Microsoft.Extensions.Time.Testing;
using Trpo.Orleans.Connections;
using Trpo.Orleans.Grains;
using Trpo.Orleans.Placement;
using Trpo.Orleans.Tests.Support;

namespace Trpo.Orleans.Tests.Connections;

/// <summary>The question to all silos for their load.</summary>
public sealed class SiloSurveyTests
{
    private static readonly SiloAddress A = SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 1), 7), B = SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 2), 7);

    [Test]
    public async Task A_silo_that_was_silent_has_less_time_until_it_answers_again()
    {
        var clock = new FakeTimeProvider();
        var answer = new TaskCompletionSource<SiloReport>();
        var grains = Proxy.Of<IGrainFactory>(key => Proxy.Of<ISiloGrain>(_ => (string)key[0]! == WorkerKey.OfSilo(A) ? Task.FromResult(new SiloReport(1, [], [A])) : answer.Task));
        var survey = new SiloSurvey(grains, FakeClient.ManifestsOf(A, B), clock, TimeSpan.FromSeconds(2));

        foreach (var seconds in (double[])[2, 0.5, 0.5])
        {
            var asked = survey.AskAsync();
            clock.Advance(TimeSpan.FromSeconds(seconds - 0.01));
            Assert.That(asked.IsCompleted, Is.False);
            clock.Advance(TimeSpan.FromSeconds(0.01));
            Assert.That((await asked).Keys, Is.EqualTo(new[] { A }));
        }

        answer.SetResult(new SiloReport(1, [], [A, B]));
        Assert.That(await survey.AskAsync(), Has.Count.EqualTo(2));
        answer = new TaskCompletionSource<SiloReport>();
        var again = survey.AskAsync();
        clock.Advance(TimeSpan.FromSeconds(1.99));
        Assert.That(again.IsCompleted, Is.False, "A silo that has answered has all of the time.");
        clock.Advance(TimeSpan.FromSeconds(0.01));
        await again;
    }

    [Test]
    public async Task A_silo_that_only_a_lost_one_knew_is_found_again()
    {
        var isLost = false;
        var grains = Proxy.Of<IGrainFactory>(key => Proxy.Of<ISiloGrain>(_ => (string)key[0]! == WorkerKey.OfSilo(B)
            ? Task.FromResult(new SiloReport(1, [], isLost ? [B] : [A, B]))
            : isLost ? Task.FromException<SiloReport>(new SiloUnavailableException("lost")) : Task.FromResult(new SiloReport(1, [], [A, B]))));
        var survey = new SiloSurvey(grains, FakeClient.ManifestsOf(A), TimeProvider.System, TimeSpan.FromMinutes(1));
        Assert.That((await survey.AskAsync()).Keys, Is.EquivalentTo(new[] { A, B }));

        isLost = true;

        Assert.That((await survey.AskAsync()).Keys, Is.EqualTo(new[] { B }));
        Assert.That((await survey.AskAllAsync()).Select(answer => answer.Silo), Is.EquivalentTo(new[] { A, B }), "The client lists it until it hears of the loss.");
    }

    [Test]
    public async Task Silos_none_of_which_has_answered_have_all_of_the_time_again()
    {
        var clock = new FakeTimeProvider();
        var answer = new TaskCompletionSource<SiloReport>();
        var grains = Proxy.Of<IGrainFactory>(_ => Proxy.Of<ISiloGrain>(_ => answer.Task));
        var survey = new SiloSurvey(grains, FakeClient.ManifestsOf(A, B), clock, TimeSpan.FromSeconds(2));

        var unanswered = survey.AskAsync();
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.That(async () => await unanswered, Throws.TypeOf<SiloUnavailableException>());
        var slow = survey.AskAsync();
        clock.Advance(TimeSpan.FromSeconds(1.99));
        answer.SetResult(new SiloReport(1, [], [A, B]));

        Assert.That(await slow, Has.Count.EqualTo(2));
    }
}
