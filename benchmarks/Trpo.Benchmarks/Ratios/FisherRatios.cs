using Trpo.Estimators.Kernels;

namespace Trpo.Benchmarks.Ratios;

/// <summary>
/// Ratios of the Fisher-vector product to the textbook version and to the matrix products that it needs: by kernels, by the same sums in TorchSharp, and by automatic
/// differentiation, as networks of users are computed.
/// </summary>
internal static class FisherRatios
{
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(2);

    public static IEnumerable<Ratio> Measure() =>
        ((Workload[])[Workload.Gaussian(2_048), Workload.Gaussian(50_000), Workload.Categorical(2_048), Workload.Categorical(50_000)]).SelectMany(workload => Measure(workload, minRounds: 5));

    /// <summary>Takes the measurements of <see cref="Measure()"/> with large networks.</summary>
    public static IEnumerable<Ratio> MeasureLarge()
    {
        // The textbook version takes seconds for a product of the large batch, which is created only after the other one is measured.
        foreach (var create in (Func<Workload>[])[() => Workload.Ant(2_048), () => Workload.Humanoid(50_000)])
        {
            foreach (var ratio in Measure(create(), minRounds: 3))
                yield return ratio;
        }
    }

    private static IEnumerable<Ratio> Measure(Workload workload, int minRounds)
    {
        using var policy = workload.CreatePolicy();
        using var torchPolicy = workload.CreateTorchPolicy();
        using var differentiatedPolicy = workload.CreateDifferentiatedPolicy();
        using var plain = new PlainUpdate(workload);
        using var bare = new BareProducts(workload);
        using var ones = plain.Ones();
        var (kernels, torch, differentiated) = (workload.CreateProblem(policy), workload.CreateProblem(torchPolicy), workload.CreateProblem(differentiatedPolicy));
        double[] vector = [.. Enumerable.Repeat(1.0, kernels.Length)];
        var product = new double[vector.Length];
        kernels.Gradient(product);
        torch.Gradient(product);
        differentiated.Gradient(product);

        var times = SideBySide.TimeThread(
            Budget,
            minRounds,
            () => plain.FisherProduct(ones).Dispose(),
            () => torch.FisherProduct(vector, product),
            () => kernels.FisherProduct(vector, product),
            bare.Run,
            () => differentiated.FisherProduct(vector, product));
        yield return Ratio.AtLeast(5, $"fisher_product_{workload.Name}_plain_over_torch", times[0] / times[1]);
        yield return Ratio.AtLeast(10, $"fisher_product_{workload.Name}_plain_over_kernels", times[0] / times[2]);
        yield return Ratio.AtMost(1.15, $"fisher_product_{workload.Name}_torch_over_bare_products", times[1] / times[3]);
        yield return Ratio.AtMost(PerceptronKernel.VectorLength == 16 ? 0.6 : 1.15, $"fisher_product_{workload.Name}_kernels_over_bare_products", times[2] / times[3]);
        yield return Ratio.AtMost(2, $"fisher_product_{workload.Name}_automatic_differentiation_over_bare_products", times[4] / times[3]);
    }
}
