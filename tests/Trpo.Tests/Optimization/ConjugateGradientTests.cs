using CsCheck;
using Trpo.Estimators.Optimization;

namespace Trpo.Tests.Optimization;

public sealed class ConjugateGradientTests
{
    [Test]
    public void Solves_a_system_of_two_unknowns_in_two_steps()
    {
        // [4 1; 1 3] x = [1 2] has the solution [1 7] / 11.
        var solution = new double[2];
        var result = ConjugateGradient.Solve(Matrix([[4, 1], [1, 3]]), [1, 2], solution);

        Assert.Multiple(() =>
        {
            Assert.That(solution, Is.EqualTo(new[] { 1 / 11.0, 7 / 11.0 }).Within(1e-12));
            Assert.That(result.Outcome, Is.EqualTo(ConjugateGradientOutcome.Converged));
            Assert.That(result.Steps, Is.EqualTo(2));
            Assert.That(result.Curvature, Is.EqualTo(15 / 11.0).Within(1e-12), "x.Hx = x.b");
        });
    }

    [Test]
    public void The_first_step_is_steepest_descent_with_an_exact_length()
    {
        // x1 = (b.b / b.Hb) b = 5 / 20 [1 2]; r1 = b - H x1 = [1 2] - [1.5 1.75].
        var solution = new double[2];
        var result = ConjugateGradient.Solve(Matrix([[4, 1], [1, 3]]), [1, 2], solution, steps: 1);

        Assert.Multiple(() =>
        {
            Assert.That(solution, Is.EqualTo(new[] { 0.25, 0.5 }).Within(1e-15));
            Assert.That(result.SquaredResidual, Is.EqualTo(0.25 + 0.0625).Within(1e-15));
            Assert.That(result.Outcome, Is.EqualTo(ConjugateGradientOutcome.StepLimit));
            Assert.That(result.Curvature, Is.EqualTo((0.25 * 1.5) + (0.5 * 1.75)).Within(1e-15));
        });
    }

    [Test]
    public void Stops_as_soon_as_the_residual_is_below_the_tolerance()
    {
        var products = 0;
        LinearOperator counted = (vector, product) =>
        {
            products++;
            Matrix([[4, 1], [1, 3]])(vector, product);
        };
        ConjugateGradient.Solve(counted, [1, 2], new double[2], steps: 10, tolerance: 0.32 / 5);

        Assert.That(products, Is.EqualTo(1));
    }

    [Test]
    public void A_zero_right_hand_side_has_a_zero_solution_without_a_product()
    {
        double[] solution = [1, 1];
        var result = ConjugateGradient.Solve((_, _) => Assert.Fail("A product was asked for."), [0, 0], solution, tolerance: 0);

        Assert.That(solution, Is.All.Zero);
        Assert.That(result.Outcome, Is.EqualTo(ConjugateGradientOutcome.Converged));
    }

    [Test]
    public void An_indefinite_matrix_is_detected_and_the_solution_so_far_is_kept()
    {
        // The first direction, b, has the curvature 2 * 4 - 1 > 0; the second is along the negative eigenvalue.
        var solution = new double[2];
        var result = ConjugateGradient.Solve(Matrix([[2, 0], [0, -1]]), [2, 1], solution);

        Assert.That(result.Outcome, Is.EqualTo(ConjugateGradientOutcome.NotPositiveDefinite));
        Assert.That(result.Steps, Is.EqualTo(1));
        Assert.That(solution, Is.EqualTo(new[] { 10 / 7.0, 5 / 7.0 }).Within(1e-12));
    }

    [Test]
    public void An_exact_solution_counts_as_converged_also_without_a_tolerance()
    {
        var solution = new double[2];
        var result = ConjugateGradient.Solve(Matrix([[1, 0], [0, 1]]), [3, 4], solution, tolerance: 0);

        Assert.That(result.Outcome, Is.EqualTo(ConjugateGradientOutcome.Converged));
        Assert.That(solution, Is.EqualTo(new[] { 3.0, 4 }));
    }

    [Test]
    public void A_singular_matrix_is_detected_where_rounding_makes_its_curvature_positive()
    {
        var result = ConjugateGradient.Solve(Matrix([[1, 0], [0, 1e-17]]), [0, 1e8], new double[2], tolerance: 0);

        Assert.That(result.Outcome, Is.EqualTo(ConjugateGradientOutcome.Converged), "a small but exact curvature is not rounding");
        result = ConjugateGradient.Solve((vector, product) => (product[0], product[1]) = (vector[1] + (1e-16 * vector[0]), -vector[0]), [1, 1e-3], new double[2]);
        Assert.That(result.Outcome, Is.EqualTo(ConjugateGradientOutcome.NotPositiveDefinite));
    }

    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    public void A_product_that_is_not_finite_is_an_outcome(double element)
    {
        var result = ConjugateGradient.Solve((_, product) => product.Fill(element), [1, 2], new double[2]);

        Assert.That(result.Outcome, Is.EqualTo(ConjugateGradientOutcome.NonFinite));
    }

    [Test]
    public void Solves_any_positive_definite_system_in_as_many_steps_as_unknowns() =>
        (from size in Gen.Int[1, 12]
         from root in Gen.Double[-1, 1].Array[size * size]
         from b in Gen.Double[-10, 10].Array[size]
         select (size, root, b)).Sample(system =>
         {
             var (size, root, b) = system;
             var matrix = PositiveDefinite(size, root);
             var solution = new double[size];

             // Rounding may cost a few steps more than the unknowns.
             var result = ConjugateGradient.Solve(Matrix(matrix), b, solution, steps: 3 * size, tolerance: 1e-22);
             var image = new double[size];
             Matrix(matrix)(solution, image);
             var curvature = solution.Zip(image, (x, y) => x * y).Sum();
             return image.Zip(b, (y, expected) => Math.Abs(y - expected)).Max() < 1e-8
                 && Math.Abs(result.Curvature - curvature) <= 1e-8 * (1 + curvature);
         });

    private static LinearOperator Matrix(double[][] rows) => (vector, product) =>
    {
        for (var i = 0; i < rows.Length; i++)
        {
            product[i] = 0;
            for (var j = 0; j < rows.Length; j++)
                product[i] += rows[i][j] * vector[j];
        }
    };

    // R R' + I.
    private static double[][] PositiveDefinite(int size, double[] root) =>
        [.. Enumerable.Range(0, size).Select(i => Enumerable.Range(0, size).Select(j =>
            (i == j ? 1 : 0) + Enumerable.Range(0, size).Sum(k => root[(i * size) + k] * root[(j * size) + k])).ToArray())];
}
