using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators.Logs.Estimation;

namespace Trpo.Estimators.Logs.Learning.Rewards;

/// <summary>Models of the rewards by a regression trainer of ML.NET, one for each action.</summary>
/// <param name="create">The factory of the trainer.</param>
internal sealed class TrainerRewards(Func<IEstimator<ITransformer>> create) : IRewardModel
{
    // A model of fewer rows tells more of their noise than of the action.
    private const int MinRows = 20;
    private const string ScoreColumn = "Score";

    /// <inheritdoc/>
    public IRewardPredictor Fit(LoggedRows log, int[] rows, int seed, Action check)
    {
        var ml = new MLContext(seed);
        var center = rows.Sum(row => log.Rewards[row]) / rows.Length;
        var (models, means) = (new ITransformer?[log.ActionCount], new float[log.ActionCount]);
        for (var action = 0; action < models.Length; action++)
        {
            check();
            int[] taken = [.. rows.Where(row => log.Actions[row] == action)];
            means[action] = (float)((center + taken.Sum(row => log.Rewards[row])) / (taken.Length + 1));
            if (taken.Length < MinRows)
                continue;
            var trainer = create() ?? throw new InvalidOperationException("The factory of RewardModel.Trainer returned null.");
            models[action] = trainer.Fit(View(ml, log, taken));
        }

        return new Predictor(ml, models, means);
    }

    private static IDataView View(MLContext ml, LoggedRows log, int[] rows)
    {
        var schema = SchemaDefinition.Create(typeof(RewardRow));
        schema[nameof(RewardRow.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, log.Length);
        return ml.Data.LoadFromEnumerable(rows.Select(row => new RewardRow { Features = log.Observation(row).ToArray(), Label = (float)log.Rewards[row] }), schema);
    }

    private sealed class RewardRow
    {
        public float[] Features { get; set; } = [];

        public float Label { get; set; }
    }

    private sealed class Predictor(MLContext ml, ITransformer?[] models, float[] means) : IRewardPredictor
    {
        public void Predict(LoggedRows log, int[] rows, float[] predictions, Action check)
        {
            var view = View(ml, log, rows);
            for (var action = 0; action < models.Length; action++)
            {
                check();
                foreach (var (index, score) in Scores(models[action]?.Transform(view), action, rows.Length).Index())
                    predictions[(rows[index] * models.Length) + action] = score;
            }
        }

        public void Dispose()
        {
            foreach (var model in models)
                (model as IDisposable)?.Dispose();
        }

        private IEnumerable<float> Scores(IDataView? view, int action, int count)
        {
            if (view is null)
                return Enumerable.Repeat(means[action], count);
            return view.Schema.GetColumnOrNull(ScoreColumn)?.Type == NumberDataViewType.Single
                ? view.GetColumn<float>(ScoreColumn)
                : throw new ArgumentException($"The trainer of RewardModel.Trainer adds no column '{ScoreColumn}' of type Single. Give it a regression trainer, such as ml.Regression.Trainers.FastTree().");
        }
    }
}
