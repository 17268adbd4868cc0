using System.Text.Json;

namespace Trpo.Examples.CartPole;

/// <summary>The results of a run, in a machine-readable form.</summary>
internal sealed record CartPoleResult(
    int Seed,
    int Steps,
    double Seconds,
    double StepsPerSecond,
    double EvaluationMean,
    double EvaluationStd,
    double OnnxMaxAbsDifference,
    int? SolvedAtStep)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    /// <summary>Writes a temporary file and renames it, so that no reader sees half a file.</summary>
    public void Save(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = path + ".tmp";
        File.WriteAllText(temporary, JsonSerializer.Serialize(this, Json) + Environment.NewLine);
        File.Move(temporary, path, overwrite: true);
    }
}
