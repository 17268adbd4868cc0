using Microsoft.ML;

namespace Trpo.Tests.Support;

/// <summary>Models that are scored in a process without TorchSharp.</summary>
internal static class Deployment
{
    /// <summary>Scores rows with saved models, all in one process.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="folder">Where files may be left.</param>
    /// <param name="jobs">Model files, and the rows for each.</param>
    /// <returns>What the models made of their rows: as <c>ml.Model</c> loads them, and as <c>PolicyModel</c> does.</returns>
    public static IReadOnlyList<(IDataView Plain, IDataView Checked)> Score(MLContext ml, string folder, params (string Model, IDataView Rows)[] jobs)
    {
        var arguments = new List<string>();
        for (var i = 0; i < jobs.Length; i++)
        {
            var rows = Path.Combine(folder, $"rows{i}.idv");
            using (var file = File.Create(rows))
                ml.Data.SaveAsBinary(jobs[i].Rows, file);
            arguments.AddRange([jobs[i].Model, rows, Scored(folder, i)]);
        }

        var (exitCode, _, error) = Child.Run("Trpo.Deployment", [.. arguments]);
        Assert.That(exitCode, Is.Zero, error);
        Assert.That(Directory.GetFiles(Path.GetDirectoryName(Child.PathOf("Trpo.Deployment"))!, "*orch*", SearchOption.AllDirectories), Is.Empty, "no libtorch beside it");
        return [.. jobs.Select((_, i) => (ml.Data.LoadFromBinary(Scored(folder, i)), ml.Data.LoadFromBinary($"{Scored(folder, i)}.checked")))];
    }

    private static string Scored(string folder, int job) => Path.Combine(folder, $"scored{job}.idv");
}
