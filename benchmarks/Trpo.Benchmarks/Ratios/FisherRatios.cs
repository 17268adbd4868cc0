using Trpo.Estimators.Kernels;

namespace Trpo.Benchmarks.Ratios;

/// <summary>Ratios of the Fisher-vector product to the textbook version and to the matrix products that it needs.</summary>
internal static class FisherRatios
{
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(2);

    public static IEnumerable<Ratio> Measure()
    {
        foreach (var workload in (Workload[])[Workload.Gaussian(2_048), Workload.Gaussian(50_000), Workload.Categorical(2_048), Workload.Categorical(50_000)])
        {
            using var policy = workload.CreatePolicy();
            using var torchPolicy = workload.CreateTorchPolicy();
            using var plain = new PlainUpdate(workload);
            using var bare = new BareProducts(workload);
            using var ones = plain.Ones();
            var (kernels, torch) = (workload.CreateProblem(policy), workload.CreateProblem(torchPolicy));
            double[] vector = [.. Enumerable.Repeat(1.0, kernels.Length)];
            var product = new double[vector.Length];
            kernels.Gradient(product);
            torch.Gradient(product);

            var times = SideBySide.Time(
                Budget,
                () => plain.FisherProduct(ones).Dispose(),
                () => torch.FisherProduct(vector, product),
                () => kernels.FisherProduct(vector, product),
                bare.Run);
            yield return Ratio.AtLeast(5, $"fisher_product_{workload.Name}_plain_over_torch", times[0] / times[1]);
            yield return Ratio.AtLeast(10, $"fisher_product_{workload.Name}_plain_over_kernels", times[0] / times[2]);
            yield return Ratio.AtMost(1.15, $"fisher_product_{workload.Name}_torch_over_bare_products", times[1] / times[3]);
            yield return Ratio.AtMost(PerceptronKernel.VectorLength == 16 ? 0.6 : 1.15, $"fisher_product_{workload.Name}_kernels_over_bare_products", times[2] / times[3]);
        }
    }
}
