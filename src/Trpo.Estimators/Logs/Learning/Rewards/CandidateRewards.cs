using Trpo.Estimators.Logs.Estimation;

namespace Trpo.Estimators.Logs.Learning.Rewards;

/// <summary>A reward model that all candidates share: a model of one action, fitted to the context and the features of the candidates that were taken. Places without a candidate have a reward of 0.</summary>
/// <param name="model">The model.</param>
/// <param name="layout">The places of the candidates in the observations.</param>
internal sealed class CandidateRewards(IRewardModel model, CandidateLayout layout) : IRewardModel
{
    private const int BlockCandidates = 65_536;

    private readonly CandidateFeatures _features = new(layout, model.IsLinear);

    /// <inheritdoc/>
    public IRewardPredictor Fit(LoggedRows log, int[] rows, int seed, Action check) =>
        new Predictor(_features, model.Fit(_features.Taken(log, rows), [.. Enumerable.Range(0, rows.Length)], seed, check));

    private sealed class Predictor(CandidateFeatures features, IRewardPredictor predictor) : IRewardPredictor
    {
        public void Predict(LoggedRows log, int[] rows, float[] predictions, Action check)
        {
            var places = new List<int>(BlockCandidates);
            foreach (var row in rows)
            {
                for (var candidate = 0; candidate < log.ActionCount; candidate++)
                {
                    if (!log.IsEligible(row, candidate))
                        continue;
                    places.Add((row * log.ActionCount) + candidate);
                    if (places.Count == BlockCandidates)
                        Predict(log, places, predictions, check);
                }
            }

            if (places.Count > 0)
                Predict(log, places, predictions, check);
        }

        public void Dispose() => predictor.Dispose();

        private void Predict(LoggedRows log, List<int> places, float[] predictions, Action check)
        {
            var expected = new float[places.Count];
            predictor.Predict(features.At(log, [.. places]), [.. Enumerable.Range(0, places.Count)], expected, check);
            for (var i = 0; i < expected.Length; i++)
                predictions[places[i]] = expected[i];
            places.Clear();
        }
    }
}
