using Microsoft.ML;

namespace Trpo.Estimators;

/// <summary>Brings reinforcement learning to <see cref="MLContext"/>.</summary>
public static class MLContextExtensions
{
    extension(MLContext ml)
    {
        /// <summary>Environments, trainers and evaluation of reinforcement learning.</summary>
        public ReinforcementLearningCatalog ReinforcementLearning => new(ml);
    }
}
