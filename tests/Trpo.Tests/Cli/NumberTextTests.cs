using Trpo.Cli.Foundation;

namespace Trpo.Tests.Cli;

public sealed class NumberTextTests
{
    [TestCase(21.34, 1, "21.3")]
    [TestCase(0, 4, "0.0000")]
    [TestCase(0.00987, 4, "0.0099")]
    [TestCase(1e-6, 1, "1E-06")]
    [TestCase(-1e-6, 4, "-1E-06")]
    [TestCase(1e100, 1, "1E+100")]
    [TestCase(-123_456_789, 2, "-123456789.00")]
    [TestCase(double.NaN, 1, "–")]
    [TestCase(double.PositiveInfinity, 1, "Infinity")]
    public void Numbers_are_neither_zeros_nor_a_hundred_digits(double value, int digits, string expected) => Assert.That(NumberText.Of(value, digits), Is.EqualTo(expected));
}
