using Microsoft.ML;
using Trpo.Deployment;
using Trpo.Onnx;

if (args is [InventoryRows.Mode, var inventoryModel, var inventoryRows])
    return InventoryRows.Score(inventoryModel, inventoryRows);

// Trpo.Deployment (<model.zip> <rows.idv> <scored.idv>)...: a process that has Microsoft.ML and Trpo.Onnx but not TorchSharp loads saved
// models, scores rows that are saved as binary data views, and saves what comes out the same way: with the model that ml.Model loads as
// <scored.idv>, with the one that PolicyModel loads as <scored.idv>.checked.
if (args.Length == 0 || args.Length % 3 != 0)
{
    Console.Error.WriteLine("usage: Trpo.Deployment (<model.zip> <rows.idv> <scored.idv>)...");
    return 2;
}

foreach (var job in args.Chunk(3))
{
    var ml = new MLContext();
    var rows = ml.Data.LoadFromBinary(job[1]);
    Save(ml, ml.Model.Load(job[0], out _).Transform(rows), job[2]);
    Save(ml, PolicyModel.Load(ml, job[0], out _).Transform(rows), $"{job[2]}.checked");
}

if (AppDomain.CurrentDomain.GetAssemblies().Any(assembly => assembly.GetName().Name!.Contains("Torch", StringComparison.Ordinal)))
{
    Console.Error.WriteLine("TorchSharp is loaded.");
    return 1;
}

return 0;

static void Save(MLContext ml, IDataView scored, string path)
{
    using var file = File.Create(path);
    ml.Data.SaveAsBinary(scored, file);
}
