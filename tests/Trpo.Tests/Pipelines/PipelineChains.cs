using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Estimators.Pipelines;
using Trpo.Examples.Inventory;

namespace Trpo.Tests.Pipelines;

/// <summary>Fitted chains over the views of two environments, each with a column "Features" for a policy.</summary>
internal static class PipelineChains
{
    public static IReadOnlyDictionary<string, Func<MLContext, IEstimator<ITransformer>>> OfCartPole { get; } = new Dictionary<string, Func<MLContext, IEstimator<ITransformer>>>
    {
        ["mean and variance"] = ml => ml.Transforms.Concatenate("Features", "Observation", "Observation").Append(ml.Transforms.NormalizeMeanVariance("Features")),
        ["min and max"] = ml => ml.Transforms.NormalizeMinMax("Features", "Observation"),
        ["robust"] = ml => ml.Transforms.NormalizeRobustScaling("Features", "Observation"),
        ["distribution"] = ml => ml.Transforms.NormalizeMeanVariance("Features", "Observation", useCdf: true),
        ["binning"] = ml => ml.Transforms.NormalizeBinning("Features", "Observation", maximumBinCount: 9),
        ["principal components"] = ml => ml.Transforms.ProjectToPrincipalComponents("Features", "Observation", rank: 2),
        ["kernel"] = ml => ml.Transforms.ApproximatedKernelMap("Features", "Observation", rank: 6),
        ["norm of rows"] = ml => ml.Transforms.NormalizeLpNorm("Features", "Observation"),
        ["contrast of rows"] = ml => ml.Transforms.NormalizeGlobalContrast("Features", "Observation"),
        ["missing values"] = ml => Mapping(ml).Append(ml.Transforms.ReplaceMissingValues("Features", "Energy", MissingValueReplacingEstimator.ReplacementMode.Mean)),
        ["missing indicator"] = ml => Mapping(ml).Append(ml.Transforms.IndicateMissingValues("Gone", "Energy")).Append(ml.Transforms.Conversion.ConvertType("Features", "Gone")),
        ["conversion"] = ml => ml.Transforms.Conversion.ConvertType("Exact", "Observation", DataKind.Double).Append(ml.Transforms.NormalizeMinMax("Exact")).Append(ml.Transforms.Conversion.ConvertType("Features", "Exact")),
        ["custom mapping"] = ml => Mapping(ml).Append(ml.Transforms.CopyColumns("Copy", "Energy")).Append(ml.Transforms.ReplaceMissingValues("Features", "Copy")),
        ["keys of numbers"] = ml => ml.Transforms.NormalizeBinning("Bins", "Observation", maximumBinCount: 4).Append(ml.Transforms.Conversion.MapValueToKey("Bins")).Append(ml.Transforms.Conversion.MapKeyToVector("Features", "Bins", outputCountVector: true)),
        ["five transforms"] = ml => Mapping(ml).Append(ml.Transforms.ReplaceMissingValues("Energy")).Append(ml.Transforms.Concatenate("All", "Observation", "Energy"))
            .Append(ml.Transforms.NormalizeMeanVariance("All")).Append(ml.Transforms.ProjectToPrincipalComponents("Features", "All", rank: 3)).Append(ml.Transforms.SelectColumns("Features", "Observation")),
    };

    public static IReadOnlyDictionary<string, Func<MLContext, IEstimator<ITransformer>>> OfInventory { get; } = new Dictionary<string, Func<MLContext, IEstimator<ITransformer>>>
    {
        ["one-hot encoding"] = ml => ml.Transforms.Categorical.OneHotEncoding("Weekday").Append(ml.Transforms.Conversion.MapKeyToVector("Season"))
            .Append(ml.Transforms.Concatenate("Features", "Weekday", "Season", "Stock", "Arriving", "Demand")).Append(ml.Transforms.NormalizeMinMax("Features")),
        ["binary encoding"] = ml => ml.Transforms.Categorical.OneHotEncoding("Weekday", outputKind: OneHotEncodingEstimator.OutputKind.Binary).Append(ml.Transforms.Concatenate("Features", "Weekday", "Stock")),
        ["hashed categories"] = ml => ml.Transforms.Categorical.OneHotHashEncoding("Weekday", numberOfBits: 4, maximumNumberOfInverts: -1).Append(ml.Transforms.Concatenate("Features", "Weekday", "Stock")),
        ["names of keys"] = ml => ml.Transforms.Conversion.MapKeyToValue("Name", "Season").Append(ml.Transforms.Categorical.OneHotEncoding("Features", "Name")).Append(ml.Transforms.DropColumns("Name")),
        ["logarithms"] = ml => ml.Transforms.NormalizeLogMeanVariance("Features", "Demand"),
        ["selected slots"] = ml => ml.Transforms.Categorical.OneHotEncoding("Weekday").Append(ml.Transforms.FeatureSelection.SelectFeaturesBasedOnCount("Features", "Weekday", count: 143)),
        ["formula"] = ml => ml.Transforms.Expression("Expected", "(stock, arriving) => stock > 10 ? sqrt(stock + arriving) : -arriving", "Stock", "Arriving").Append(ml.Transforms.Concatenate("Features", "Expected", "Demand")),
    };

    public static IEnumerable<string> Names => OfCartPole.Keys.Concat(OfInventory.Keys);

    /// <summary>Creates a registry that accepts the custom mapping of the chains, and the kernel, which is not accepted by default.</summary>
    public static PipelineRegistry Registry() => new PipelineRegistry().AddCustomMapping(new PoleEnergy()).AllowLoader("RffTransform").AllowLoader("RandGaussFourierExec");

    /// <summary>Creates the view that a chain is fitted on.</summary>
    public static EnvironmentDataView Environment(MLContext ml, string chain) => OfCartPole.ContainsKey(chain)
        ? ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), count: 2, rows: 1_000)
        : ml.ReinforcementLearning.LoadFromEnvironment(() => new TimeLimit(new InventoryEnvironment(), InventoryEnvironment.Days), count: 2, rows: 1_000);

    /// <summary>Fits a chain on a view and applies it.</summary>
    public static IDataView Fit(MLContext ml, string chain, EnvironmentDataView environment) =>
        (OfCartPole.GetValueOrDefault(chain) ?? OfInventory[chain])(ml).Fit(environment).Transform(environment);

    /// <summary>Fits and saves a chain.</summary>
    public static byte[] Save(string chain)
    {
        var ml = new MLContext(seed: 1);
        var environment = Environment(ml, chain);
        return FittedPipeline.Save(ml, environment, Fit(ml, chain, environment));
    }

    /// <summary>Loads a chain of CartPole on a host of its own.</summary>
    public static IDataView Load(byte[] model, PipelineRegistry? registry = null)
    {
        var ml = new MLContext(seed: 2);
        return FittedPipeline.Load(ml, Environment(ml, "binning"), model, registry ?? Registry());
    }

    private static CustomMappingEstimator<PoleEnergy.Source, PoleEnergy.Destination> Mapping(MLContext ml) =>
        ml.Transforms.CustomMapping<PoleEnergy.Source, PoleEnergy.Destination>(PoleEnergy.Map, PoleEnergy.Contract);
}
