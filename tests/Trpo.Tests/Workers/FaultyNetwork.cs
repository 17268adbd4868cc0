using Trpo.Runtime.Randomness;

namespace Trpo.Tests.Workers;

/// <summary>Seeded faults of a network and of the processes behind it: messages that are late, delivered twice, lost or answered in vain, and workers that are lost before, while and after they work.</summary>
/// <param name="seed">The seed of the faults.</param>
/// <param name="rate">The share of messages that something happens to.</param>
internal sealed class FaultyNetwork(ulong seed, double rate)
{
    private static readonly TimeSpan MaxDelay = TimeSpan.FromMilliseconds(3);

    private readonly object _gate = new();
    private readonly RandomSource _random = new(seed);
    private readonly int[] _counts = new int[Enum.GetValues<Fault>().Length];

    private enum Fault
    {
        None,
        Late,
        Twice,
        RequestLost,
        AnswerLost,
        AnswerLate,
        Refused,
        LostBefore,
        LostAfter,
        LostMeanwhile,
        Stale,
    }

    /// <summary>The number of messages that something happened to.</summary>
    public int Faults => _counts.Skip(1).Sum();

    /// <summary>True if every kind of fault has happened.</summary>
    public bool HasAll => _counts.Skip(1).All(count => count > 0);

    private byte[]? _earlier;

    public Task<byte[]> Deliver(LocalTransport.LocalConnection connection, byte[] request, Func<Task<byte[]>> send)
    {
        var (fault, delay) = Next();
        return Deliver(fault, delay, connection, request, send);
    }

    public Task<byte[]> DeliverQuestion(LocalTransport.LocalConnection connection, Func<byte[]> ask)
    {
        var (fault, delay) = Next();
        return fault switch
        {
            Fault.RequestLost or Fault.AnswerLost => Never(),
            Fault.Refused => Task.FromException<byte[]>(new TimeoutException("The question was refused.")),
            Fault.Late or Fault.AnswerLate => Late(ask, delay),
            _ => Task.FromResult(ask()),
        };
    }

    private async Task<byte[]> Deliver(Fault fault, TimeSpan delay, LocalTransport.LocalConnection connection, byte[] request, Func<Task<byte[]>> send)
    {
        switch (fault)
        {
            case Fault.Late:
                await Task.Delay(delay).ConfigureAwait(false);
                return await send().ConfigureAwait(false);
            case Fault.Twice:
                var first = send();
                await send().ConfigureAwait(false);
                return await first.ConfigureAwait(false);
            case Fault.RequestLost:
                return await Never().ConfigureAwait(false);
            case Fault.AnswerLost:
                await send().ConfigureAwait(false);
                return await Never().ConfigureAwait(false);
            case Fault.AnswerLate:
                var answer = await send().ConfigureAwait(false);
                await Task.Delay(delay).ConfigureAwait(false);
                return answer;
            case Fault.Refused:
                throw new TimeoutException("The request was refused.");
            case Fault.LostBefore:
                connection.Lose();
                return await send().ConfigureAwait(false);
            case Fault.LostMeanwhile:
                var atWork = send();
                connection.Lose();
                return await atWork.ConfigureAwait(false);
            case Fault.LostAfter:
                var done = await send().ConfigureAwait(false);
                connection.Lose();
                return done;
            case Fault.Stale when Exchange(request) is { } earlier:
                // A request from before is delivered once more, in front of the present one.
                await connection.Worker.SendAsync(earlier).ConfigureAwait(false);
                return await send().ConfigureAwait(false);
            default:
                return await send().ConfigureAwait(false);
        }
    }

    private static async Task<byte[]> Late(Func<byte[]> ask, TimeSpan delay)
    {
        await Task.Delay(delay).ConfigureAwait(false);
        return ask();
    }

    private static Task<byte[]> Never() => new TaskCompletionSource<byte[]>().Task;

    private byte[]? Exchange(byte[] request)
    {
        lock (_gate)
            (_earlier, request) = (request, _earlier!);
        return request;
    }

    private (Fault Fault, TimeSpan Delay) Next()
    {
        lock (_gate)
        {
            var fault = _random.NextDouble() < rate ? (Fault)(1 + _random.NextInt(_counts.Length - 1)) : Fault.None;
            _counts[(int)fault]++;
            return (fault, MaxDelay * _random.NextDouble());
        }
    }
}
