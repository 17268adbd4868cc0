using System.Globalization;
using System.Text.Json;
using Trpo.Onnx.Files;
using Trpo.Results.Studies;

namespace Trpo.Results.Files;

/// <summary>The folder of finished seeds, with a file <c>environment/seed.json</c> for each.</summary>
internal sealed class ResultStore(DirectoryInfo folder)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    public string PathOf(Study study, int seed) => Path.Combine(folder.FullName, study.Name, seed.ToString(CultureInfo.InvariantCulture) + ".json");

    public void Save(Study study, SeedResult result) => AtomicFile.Write(PathOf(study, result.Seed), JsonSerializer.SerializeToUtf8Bytes(result, Json));

    /// <summary>Loads the result of a seed, or returns null if there is none that can be read.</summary>
    /// <param name="study">The study.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="warn">Receives a message about a damaged file.</param>
    public SeedResult? Load(Study study, int seed, Action<string>? warn = null)
    {
        var path = PathOf(study, seed);
        if (!File.Exists(path))
            return null;
        try
        {
            var result = JsonSerializer.Deserialize<SeedResult>(File.ReadAllBytes(path), Json) ?? throw new JsonException("It is empty.");
            Verify(study, seed, result);
            return result;
        }
        catch (Exception exception) when (exception is JsonException or InvalidDataException)
        {
            warn?.Invoke($"{path} is damaged and ignored: {exception.Message}");
            return null;
        }
    }

    private static void Verify(Study study, int seed, SeedResult result)
    {
        Require(result.Environment == study.Title && result.Seed == seed, $"it is of {result.Environment}, seed {result.Seed}");
        Require(result.Returns.Count > 0 && result.Returns.Count == result.Fingerprint.Episodes, $"it has {result.Returns.Count} returns of {result.Fingerprint.Episodes} episodes");
        Require(result.Returns.All(double.IsFinite), "a return is not finite");
        Require(result.Curve.Count > 0 && result.Curve.All(point => point is { Steps: > 0 }), "its learning curve is empty, or has a step that is not positive");
        Require(result.Curve.Zip(result.Curve.Skip(1)).All(pair => pair.First.Steps < pair.Second.Steps), "the steps of its learning curve do not ascend");
        Require(result.TrainingSeconds >= 0 && result.Cores > 0 && result.SideBySide > 0, "its time, its cores or the trainings side by side are impossible");
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
            throw new InvalidDataException(otherwise + ".");
    }
}
