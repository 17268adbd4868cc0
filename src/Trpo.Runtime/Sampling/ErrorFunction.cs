namespace Trpo.Runtime.Sampling;

/// <summary>
/// The complementary error function, <c>erfc(x) = 2 / sqrt(pi) integral of exp(-t^2) from x to infinity</c>, by the rational approximations of W. J. Cody, "Rational Chebyshev
/// approximations for the error function", Mathematics of Computation 23 (1969), with an error of some 1e-16 of the result.
/// </summary>
internal static class ErrorFunction
{
    // Below it, erf itself is approximated, as 1 - erf has all digits there.
    private const double Small = 0.46875;
    private const double Large = 4;

    // Beyond it, the next term of the asymptotic series is below the rounding of 1.
    private const double Asymptotic = 1e8;

    private static readonly double InverseSqrtPi = 1 / Math.Sqrt(Math.PI);

    /// <summary>Computes <c>erfc(x)</c>.</summary>
    /// <param name="x">Any number; NaN gives NaN.</param>
    public static double Complement(double x) => x switch
    {
        < -Small => 2 - Complement(-x),
        <= Small => 1 - Error(x),
        _ => Math.Exp(-x * x) * ScaledComplement(x),
    };

    /// <summary>Computes <c>exp(x^2) erfc(x)</c>, which does not underflow for large numbers.</summary>
    /// <param name="x">At least 0.</param>
    public static double ScaledComplement(double x)
    {
        if (x <= Small)
            return Math.Exp(x * x) * (1 - Error(x));
        if (x <= Large)
            return Middle(x);
        return x < Asymptotic ? Tail(x) : InverseSqrtPi / x;
    }

    private static double Error(double x)
    {
        var square = x * x;
        var above = (((((1.85777706184603153e-1 * square) + 3.16112374387056560) * square + 1.13864154151050156e2) * square + 3.77485237685302021e2) * square) + 3.20937758913846947e3;
        var below = ((((square + 2.36012909523441209e1) * square + 2.44024637934444173e2) * square + 1.28261652607737228e3) * square) + 2.84423683343917062e3;
        return x * above / below;
    }

    private static double Middle(double x)
    {
        var above = Polynomial(x, [2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594, 6.61191906371416295e1, 2.98635138197400131e2, 8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3, 1.23033935479799725e3]);
        var below = Polynomial(x, [1, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3, 3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3]);
        return above / below;
    }

    private static double Tail(double x)
    {
        var inverse = 1 / (x * x);
        var above = Polynomial(inverse, [1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1, 1.60837851487422766e-2, 6.58749161529837803e-4]);
        var below = Polynomial(inverse, [1, 2.56852019228982242, 1.87295284992346725, 5.27905102951428412e-1, 6.05183413124413191e-2, 2.33520497626869185e-3]);
        return (InverseSqrtPi - (inverse * above / below)) / x;
    }

    // By Horner's rule, from the highest power.
    private static double Polynomial(double x, ReadOnlySpan<double> coefficients)
    {
        var sum = 0.0;
        foreach (var coefficient in coefficients)
            sum = (sum * x) + coefficient;
        return sum;
    }
}
