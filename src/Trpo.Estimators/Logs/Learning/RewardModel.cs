using Microsoft.ML;
using Trpo.Estimators.Foundation;
using Trpo.Estimators.Logs.Learning.Rewards;

namespace Trpo.Estimators.Logs.Learning;

/// <summary>A model of the rewards of all actions, which the doubly robust estimate corrects by the logged rewards. It is cross-fitted: no row is predicted by a model that has seen it. Candidates that change from row to row (<see cref="LogColumns.ActionFeatures"/>) share one model of the context and their features; a ridge regression has the products of the two as well, up to 1,000.</summary>
public sealed class RewardModel
{
    private readonly string _text;

    private RewardModel(string text, IRewardModel model) => (_text, Model) = (text, model);

    internal IRewardModel Model { get; }

    /// <summary>Returns a ridge regression per action on the standardized observation, of at most 2,000 values. Actions with few rows are drawn towards the mean reward of all.</summary>
    /// <param name="penalty">The penalty of the squared coefficients, in units of the standardized observation, at least 1e-6; 1 by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">The penalty is out of its range.</exception>
    public static RewardModel Ridge(double penalty = 1)
    {
        Check.Between(penalty, 1e-6, double.MaxValue);
        return new RewardModel("ridge", new RidgeRewards(penalty));
    }

    /// <summary>Returns a perceptron with an output per action on the standardized observation, fitted by trust-region steps, of which those are kept that predict a tenth of the rows best.</summary>
    /// <param name="hiddenLayers">The widths of the hidden layers, each from 1 to 4,096; null, the default, for 64 and 64.</param>
    /// <param name="steps">The number of steps, at least 1; 100 by default. A step is computed on at most 8,192 rows.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static RewardModel Network(IReadOnlyList<int>? hiddenLayers = null, int steps = 100)
    {
        Check.AtLeast(steps, 1);
        foreach (var width in hiddenLayers ?? [])
            Check.Between(width, 1, 4_096, nameof(hiddenLayers));
        return new RewardModel("network", new NetworkRewards([.. hiddenLayers ?? [64, 64]], steps));
    }

    /// <summary>
    /// Returns models by a regression trainer of ML.NET, one for each action. Rewards are standardized. An action with less than 20 rows has their mean, drawn towards that of all rows.
    /// </summary>
    /// <param name="create">
    /// The factory of the trainer, called once for each action and fold: <c>() => ml.Regression.Trainers.FastTree()</c>, with any transforms in front. It gets the columns "Features",
    /// <c>Vector&lt;Single, d&gt;</c>, and "Label", and must add a column "Score", <c>Single</c>.
    /// </param>
    public static RewardModel Trainer(Func<IEstimator<ITransformer>> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        return new RewardModel("trainer", new TrainerRewards(create));
    }

    /// <inheritdoc/>
    public override string ToString() => _text;
}
