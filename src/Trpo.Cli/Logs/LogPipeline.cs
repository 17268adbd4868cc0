using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Cli.Foundation;

namespace Trpo.Cli.Logs;

/// <summary>The pipeline between the columns of a log and a policy: categories become vectors of zeros and ones, missing numbers the mean, and all columns one vector.</summary>
internal static class LogPipeline
{
    /// <summary>Creates the pipeline.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="choice">The columns.</param>
    /// <param name="isScaled">True to bring numbers to a mean of 0 and a deviation of 1.</param>
    public static EstimatorChain<ITransformer> Create(MLContext ml, LogChoice choice, bool isScaled)
    {
        var chain = new EstimatorChain<ITransformer>();
        InputOutputColumnPair[] texts = [.. choice.Features.Where(feature => feature.IsText).Select(feature => new InputOutputColumnPair(feature.Name))];
        InputOutputColumnPair[] numbers = [.. choice.Features.Where(feature => !feature.IsText).Select(feature => new InputOutputColumnPair(feature.Name))];
        if (texts.Length > 0)
            chain = chain.Append((IEstimator<ITransformer>)ml.Transforms.Categorical.OneHotEncoding(texts));
        if (numbers.Length > 0)
        {
            chain = chain.Append((IEstimator<ITransformer>)ml.Transforms.ReplaceMissingValues(numbers, Microsoft.ML.Transforms.MissingValueReplacingEstimator.ReplacementMode.Mean));

            // With fixZero, a value that is far from 0 and varies little would be scaled by its size and lose its variation.
            if (isScaled)
                chain = chain.Append((IEstimator<ITransformer>)ml.Transforms.NormalizeMeanVariance(numbers, fixZero: false));
        }

        string[] features = [.. choice.Features.Select(feature => feature.Name)];
        if (choice.Mask is null)
            return chain.Append((IEstimator<ITransformer>)ml.Transforms.Concatenate(choice.Observation, features));

        // A policy knows by the last values of its observation which actions it may take.
        return chain.Append((IEstimator<ITransformer>)ml.Transforms.Concatenate(choice.Eligible, [.. choice.Mask.Columns]))
            .Append((IEstimator<ITransformer>)ml.Transforms.Concatenate(choice.Observation, [.. features, choice.Eligible]));
    }

    /// <summary>Adds the vector of the mask to the rows, if the log has one.</summary>
    public static IDataView WithMask(MLContext ml, LogChoice choice, IDataView view) =>
        choice.Mask is null ? view : ml.Transforms.Concatenate(choice.Eligible, [.. choice.Mask.Columns]).Fit(view).Transform(view);

    /// <summary>Maps the actions to keys in the order of the mask, if the log has one: a check knows no policy whose actions have an order.</summary>
    public static IDataView WithKeys(MLContext ml, LogChoice choice, IDataView view) => choice.Mask is null
        ? view
        : ml.Transforms.Conversion.MapValueToKey(choice.Action, keyData: ml.Data.LoadFromEnumerable(choice.Mask.Actions.Select(action => new ActionName { Name = action }))).Fit(view).Transform(view);

    /// <summary>Checks that each action that was taken has a column in the mask, if the log has one.</summary>
    /// <returns>True.</returns>
    /// <exception cref="CommandException">An action has none.</exception>
    public static bool RequireMasked(LogChoice choice, IDataView view, string path)
    {
        choice.Mask?.Require(view.GetColumn<string>(choice.Action), path);
        return true;
    }

    private sealed class ActionName
    {
        public string Name { get; set; } = "";
    }
}
