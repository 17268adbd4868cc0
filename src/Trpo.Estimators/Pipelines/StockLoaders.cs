using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Microsoft.ML.Transforms;

namespace Trpo.Estimators.Pipelines;

/// <summary>
/// The loaders of ML.NET's own row-to-row transforms that every worker accepts. None of them reads files, runs models, or looks up code by a name in
/// the model, other than that of custom mappings, which never runs: <see cref="PipelineRegistry"/> replaces those.
/// </summary>
internal static class StockLoaders
{
    /// <summary>The loader of a chain of transformers.</summary>
    public const string Chain = "TransformerChain";

    /// <summary>The loader of a custom mapping.</summary>
    public const string CustomMapping = "CustomTransformer";

    /// <summary>The layouts of a chain and of a custom mapping that are read here, in ML.NET's place.</summary>
    public const string ChainFormat = "XF CHAIN 10001 10001";

    /// <inheritdoc cref="ChainFormat"/>
    public const string CustomMappingFormat = "CUSTOMXF 10002 10002";

    private static readonly Assembly Data = typeof(ColumnConcatenatingTransformer).Assembly;
    private static readonly Assembly Transforms = typeof(OneHotEncodingTransformer).Assembly;
    private static readonly Assembly PrincipalComponents = typeof(PrincipalComponentAnalysisTransformer).Assembly;

    /// <summary>The assemblies of the package Microsoft.ML.</summary>
    public static IReadOnlyList<Assembly> Assemblies { get; } =
        [typeof(ITransformer).Assembly, Data, Transforms, PrincipalComponents, typeof(KMeansTrainer).Assembly, typeof(SdcaRegressionTrainer).Assembly];

    /// <summary>Returns the loaders, each with its assembly.</summary>
    public static IEnumerable<(string Loader, Assembly Assembly)> All() =>
    [
        (Chain, Data),
        (CustomMapping, Transforms),

        // Columns and slots.
        ("ConcatTransform", Data),
        ("ConcatFunction", Data),
        ("CopyTransform", Data),
        ("SelectColumnsTransform", Data),
        ("DropSlotsTransform", Data),

        // Types, keys and categories; TermManager and TextSpanBuffer hold vocabularies.
        ("ConvertTransform", Data),
        ("ConvertFunction", Data),
        ("TermTransform", Data),
        ("TermManager", Data),
        ("TextSpanBuffer", Data),
        ("HashTransform", Data),
        ("KeyToValueTransform", Data),
        ("KeyToVectorTransform", Data),
        ("KeyToBinaryTransform", Transforms),

        // Normalization, with the functions of the columns.
        ("Normalizer", Data),
        ("AffineNormExec", Data),
        ("CdfNormalizeFunction", Data),
        ("BinNormalizeFunction", Data),
        ("BinNormExec", Data),
        ("GcnTransform", Transforms),
        ("GcnFunction", Transforms),

        // Missing values.
        ("NAReplaceTransform", Transforms),
        ("NaIndicatorTransform", Transforms),
        ("NADropTransform", Transforms),

        // Projections and formulas.
        ("PcaTransform", PrincipalComponents),
        ("ExprTransform", Transforms),
    ];
}
