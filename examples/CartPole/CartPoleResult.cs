using System.Text.Json;

namespace Trpo.Examples.CartPole;

/// <summary>The results of a run, as they are written for programs to read.</summary>
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

    /// <summary>Writes the file aside and renames it.</summary>
    public void Save(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var aside = path + ".tmp";
        File.WriteAllText(aside, JsonSerializer.Serialize(this, Json) + Environment.NewLine);
        File.Move(aside, path, overwrite: true);
    }
}
