using Trpo.Estimators.Kernels;

namespace Trpo.Tests.Kernels;

public sealed class AlignedBufferTests
{
    [Test]
    public void Memory_that_grows_a_little_each_time_is_seldom_replaced()
    {
        var buffer = new AlignedBuffer(1_000);
        var replacements = 0;
        for (var length = 1_000; length <= 8_000; length += 10)
        {
            buffer.Span(0, 1)[0] = 1;
            buffer.EnsureLength(length);
            Assert.That(buffer.Length, Is.GreaterThanOrEqualTo(length));
            if (buffer.Span(0, 1)[0] == 0)
                replacements++;
        }

        // 1,000 times 1.25 to the power of 10 exceeds 8,000.
        Assert.That(replacements, Is.InRange(2, 10));
    }

    [Test]
    public void Memory_of_one_length_is_no_longer_than_asked_for() => Assert.That(new AlignedBuffer(1_000).Length, Is.EqualTo(1_000));

    [Test]
    public void Elements_are_zero_at_first_and_where_memory_is_replaced()
    {
        var buffer = new AlignedBuffer(10);
        buffer.Span(0, 10).Fill(1);
        buffer.EnsureLength(100_000);

        Assert.That(buffer.Span(0, 100_000).ToArray(), Is.All.Zero);
    }
}
