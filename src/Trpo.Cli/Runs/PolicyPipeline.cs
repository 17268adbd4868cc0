using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Runtime.Spaces;

namespace Trpo.Cli.Runs;

/// <summary>The pipeline between an environment and its trainer: categories become numbers, columns one vector, and values get a common scale.</summary>
internal static class PolicyPipeline
{
    /// <summary>Creates the pipeline, without the trainer at its end.</summary>
    public static EstimatorChain<ITransformer> Preprocessing(MLContext ml, EnvironmentDataView environment, TrpoOptions options, Normalization normalization)
    {
        var observation = options.Columns.Observation;
        var chain = Columns(ml, environment, observation);

        // With fixZero, a value that is far from 0 and varies little would be scaled by its size and lose its variation.
        if (normalization == Normalization.Table)
            chain = chain.Append((IEstimator<ITransformer>)ml.Transforms.NormalizeMeanVariance(observation, fixZero: false));
        return chain;
    }

    /// <summary>Creates the part of the pipeline that makes one vector of the environment's columns. Fitting it reads no row.</summary>
    public static EstimatorChain<ITransformer> Columns(MLContext ml, EnvironmentDataView environment, string observation)
    {
        var chain = new EstimatorChain<ITransformer>();
        var columns = environment.ObservationSpace.Columns;
        if (columns.IsEmpty)
            return chain;
        foreach (var column in columns.Where(column => !column.Categories.IsEmpty))
        {
            IEstimator<ITransformer> encoding = column.Kind == ObservationColumnKind.Key
                ? ml.Transforms.Conversion.MapKeyToVector(column.Name)
                : ml.Transforms.Categorical.OneHotEncoding(column.Name, keyData: ml.Data.LoadFromEnumerable(column.Categories.Select(category => new Category { Name = category })));
            chain = chain.Append(encoding);
        }

        return chain.Append((IEstimator<ITransformer>)ml.Transforms.Concatenate(observation, [.. columns.Select(column => column.Name)]));
    }

    /// <summary>Returns the normalization that a command line names, or chooses one for "auto".</summary>
    public static Normalization Choose(string name, MLContext ml, EnvironmentDataView environment, TrpoOptions options, out string why)
    {
        if (name == "auto")
        {
            (var chosen, why) = Choose(ml, environment, options);
            return chosen;
        }

        why = $"--normalize {name}";
        return Enum.Parse<Normalization>(name, ignoreCase: true);
    }

    private static (Normalization Normalization, string Why) Choose(MLContext ml, EnvironmentDataView environment, TrpoOptions options)
    {
        if (options.ActionMask)
            return (Normalization.Running, "the observation ends with a mask, which is left as it is");
        if (options.NormalizeObservations)
            return (Normalization.Running, "the options set normalizeObservations");
        return FirstConstant(ml, environment, options.Columns.Observation) is { } value
            ? (Normalization.Running, $"value {value} of the observation never changes while a random policy acts, so that a table gives it no scale")
            : (Normalization.Table, "fitted on the observations of a random policy");
    }

    // Returns the index of the first value that is equal in all rows of the table; null if there is none.
    private static int? FirstConstant(MLContext ml, EnvironmentDataView environment, string observation)
    {
        IDataView view = environment;
        var chain = Columns(ml, environment, observation);
        if (!environment.ObservationSpace.Columns.IsEmpty)
            view = chain.Fit(view).Transform(view);
        float[]? first = null;
        bool[] varies = [];
        foreach (var row in view.GetColumn<float[]>(observation))
        {
            first ??= row;
            if (varies.Length == 0)
                varies = new bool[row.Length];
            for (var i = 0; i < row.Length; i++)
                varies[i] |= row[i] != first[i];
        }

        var index = Array.IndexOf(varies, false);
        return index < 0 ? null : index;
    }

    private sealed class Category
    {
        public string Name { get; set; } = "";
    }
}
