using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Trpo.Estimators;
using Trpo.Onnx;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx.Columns;

/// <summary>A model whose transforms take text, keys, numbers, booleans and vectors, and its graph.</summary>
internal sealed class TypedColumns : IDisposable
{
    private static readonly MLContext Ml = new(seed: 1);
    private static readonly TransformerChain<NormalizingTransformer> Transforms = Pipeline().Fit(ChainRow.View(Ml, ChainRow.Training()));

    private readonly PolicyTransformer _policy;
    private readonly TransformerChain<PolicyTransformer> _model;

    public TypedColumns(ActionSpace actions)
    {
        var view = ChainRow.View(Ml, ChainRow.Training());
        _policy = ExportedChain.Policy(Transforms.GetOutputSchema(view.Schema), actions);
        _model = Transforms.Append(_policy);
        using var folder = new TemporaryFolder();
        Ml.ReinforcementLearning.ExportToOnnx(_model, folder.PathOf("typed.onnx"), view.Schema);
        Onnx = File.ReadAllBytes(folder.PathOf("typed.onnx"));
    }

    public byte[] Onnx { get; }

    public IDataView Transform(IEnumerable<ChainRow> rows) => _model.Transform(ChainRow.View(Ml, rows));

    /// <summary>Exports the model again, and compares the graph with it on rows.</summary>
    public void Compare(string path, IEnumerable<ChainRow> rows)
    {
        var view = ChainRow.View(Ml, rows);
        Ml.ReinforcementLearning.ExportToOnnx(_model, path, view.Schema, view);
    }

    public void Dispose() => _policy.Dispose();

    private static EstimatorChain<NormalizingTransformer> Pipeline() => Ml.Transforms.Categorical.OneHotEncoding("ColorBits", "Color")
        .Append(Ml.Transforms.Conversion.MapKeyToVector("ZoneBits", "Zone"))
        .Append(Ml.Transforms.Conversion.MapKeyToVector("ZonesBits", "Zones"))
        .Append(Ml.Transforms.Conversion.ConvertType("GearNumber", "Gear", DataKind.Single))
        .Append(Ml.Transforms.Conversion.ConvertType("OnNumber", "On", DataKind.Single))
        .Append(Ml.Transforms.NormalizeMeanVariance("ForcesScaled", "Forces"))
        .Append(Ml.Transforms.Conversion.ConvertType("ForcesNumber", "ForcesScaled", DataKind.Single))
        .Append(Ml.Transforms.Concatenate("Features", "ColorBits", "ZoneBits", "ZonesBits", "GearNumber", "OnNumber", "ForcesNumber", "Speed", "Position"))
        .Append(Ml.Transforms.NormalizeMeanVariance("Features", fixZero: false));
}
