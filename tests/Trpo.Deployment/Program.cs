using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Deployment;

if (args is [InventoryRows.Mode, var inventoryModel, var inventoryRows])
    return InventoryRows.Score(inventoryModel, inventoryRows);

// Trpo.Deployment <model.zip> <observations.txt>: a process that has Microsoft.ML and Trpo.Onnx but not TorchSharp loads a saved model,
// scores the observations (one row of numbers per line) and prints "<action> <score> <score> ..." for each.
if (args is not [var modelPath, var observationsPath])
{
    Console.Error.WriteLine("usage: Trpo.Deployment <model.zip> <observations.txt>");
    return 2;
}

var ml = new MLContext();
var model = ml.Model.Load(modelPath, out var schema);
var length = ((VectorDataViewType)schema["Observation"].Type).Size;
var definition = SchemaDefinition.Create(typeof(Row));
definition["Observation"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, length);
var rows = File.ReadAllLines(observationsPath)
    .Select(line => new Row { Observation = [.. line.Split(' ').Select(number => float.Parse(number, CultureInfo.InvariantCulture))] });
var scored = model.Transform(ml.Data.LoadFromEnumerable(rows, definition));

var scores = scored.GetColumn<float[]>("Score");
var actions = scored.Schema["Action"].Type is KeyDataViewType
    ? scored.GetColumn<uint>("Action").Select(action => action.ToString(CultureInfo.InvariantCulture))
    : scored.GetColumn<float[]>("Action").Select(Text);
foreach (var (action, score) in actions.Zip(scores))
    Console.WriteLine($"{action}|{Text(score)}");
if (AppDomain.CurrentDomain.GetAssemblies().Any(assembly => assembly.GetName().Name!.Contains("Torch", StringComparison.Ordinal)))
{
    Console.Error.WriteLine("TorchSharp is loaded.");
    return 1;
}

return 0;

static string Text(float[] values) => string.Join(' ', values.Select(value => value.ToString("R", CultureInfo.InvariantCulture)));

/// <summary>One row of plain data.</summary>
internal sealed class Row
{
    public float[] Observation { get; set; } = [];
}
