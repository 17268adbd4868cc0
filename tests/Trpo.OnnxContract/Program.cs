using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.ML.OnnxRuntime;
using Trpo.OnnxContract;

// Trpo.OnnxContract <policy.onnx> <observations.txt>: a process that has OnnxRuntime and nothing else of ours or ML.NET's runs a policy on
// the observations (one row of numbers per line) and prints, as JSON, what the file says of itself and what the policy answers.
if (args is not [var modelPath, var observationsPath])
{
    Console.Error.WriteLine("usage: Trpo.OnnxContract <policy.onnx> <observations.txt>");
    return 2;
}

float[][] rows = [.. File.ReadLines(observationsPath).Select(line => line.Split(' ').Select(number => float.Parse(number, CultureInfo.InvariantCulture)).ToArray())];
var model = File.ReadAllBytes(modelPath);
var header = ModelHeader.Read(model);
using var session = new InferenceSession(model);
using var observations = OrtValue.CreateTensorValueFromMemory(rows.SelectMany(row => row).ToArray(), [rows.Length, rows[0].Length]);
using var run = new RunOptions();
using var outputs = session.Run(run, ["observation"], [observations], ["action", "score"]);

var report = new
{
    header.IrVersion,
    header.Opsets,
    session.ModelMetadata.ProducerName,
    session.ModelMetadata.GraphName,
    session.ModelMetadata.Description,
    session.ModelMetadata.GraphDescription,
    Metadata = session.ModelMetadata.CustomMetadataMap,
    Inputs = session.InputMetadata.Select(Describe),
    Outputs = session.OutputMetadata.Select(Describe),
    Actions = Rows(outputs[0]),
    Scores = Rows(outputs[1]),
};
Console.WriteLine(JsonSerializer.Serialize(report, Formats.Json));
return 0;

object Describe(KeyValuePair<string, NodeMetadata> value) => new
{
    Name = value.Key,
    Type = value.Value.ElementDataType.ToString(),
    Dimensions = value.Value.SymbolicDimensions.Zip(value.Value.Dimensions, (symbol, size) => symbol.Length > 0 ? symbol : $"{size}"),
    Documentation = header.Documentation[value.Key],
};

static IEnumerable<double[]> Rows(OrtValue tensor)
{
    var shape = tensor.GetTensorTypeAndShape();
    double[] values = shape.ElementDataType == Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Int64
        ? [.. tensor.GetTensorDataAsSpan<long>().ToArray().Select(value => (double)value)]
        : [.. tensor.GetTensorDataAsSpan<float>().ToArray().Select(value => (double)value)];
    return values.Chunk(values.Length / (int)shape.Shape[0]);
}

/// <summary>The format of the report.</summary>
internal static class Formats
{
    public static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };
}
