using Trpo.Estimators.Environments;

namespace Trpo.Tests.Environments;

/// <summary>Tests of the vectorised search against <see cref="float.IsFinite"/>.</summary>
public sealed class FiniteValuesTests
{
    [Test]
    public void The_first_non_finite_value_is_found_at_every_index_of_every_length([Values(float.NaN, float.PositiveInfinity, float.NegativeInfinity)] float value)
    {
        for (var length = 0; length <= 21; length++)
        {
            float[] values = [.. Enumerable.Range(0, length).Select(i => i - 10f)];
            Assert.That(FiniteValues.IndexOfNonFinite(values), Is.EqualTo(-1), $"length {length}");
            for (var index = length - 1; index >= 0; index--)
            {
                // Later values stay as they are, so the first of several is expected.
                values[index] = value;
                Assert.That(FiniteValues.IndexOfNonFinite(values), Is.EqualTo(index), $"length {length}");
            }
        }
    }

    [Test]
    public void Extreme_finite_values_are_finite()
    {
        float[] values = [float.MaxValue, float.MinValue, float.Epsilon, -float.Epsilon, 0, -0f, 1e-39f, MathF.BitDecrement(float.PositiveInfinity), float.MaxValue];

        Assert.That(FiniteValues.IndexOfNonFinite(values), Is.EqualTo(-1));
    }
}
