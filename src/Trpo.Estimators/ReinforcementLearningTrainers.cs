using Microsoft.ML.Runtime;
using Trpo.Estimators.Cloning;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Learning;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators;

/// <summary>The trainers of <see cref="ReinforcementLearningCatalog"/>.</summary>
public sealed class ReinforcementLearningTrainers
{
    private readonly IHostEnvironment _host;

    internal ReinforcementLearningTrainers(IHostEnvironment host) => _host = host;

    /// <summary>Trust Region Policy Optimization.</summary>
    /// <param name="environment">Where to train; the pipeline that the estimator stands in is fitted on the same view.</param>
    /// <param name="options">The settings; null means the defaults.</param>
    /// <exception cref="ArgumentException">A setting is out of its range; the exception names it.</exception>
    public TrpoEstimator Trpo(EnvironmentDataView environment, TrpoOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(environment);
        return new TrpoEstimator(_host, environment, options ?? new TrpoOptions());
    }

    /// <summary>Trust Region Policy Optimization from a log of decisions of another policy, without an environment.</summary>
    /// <param name="columns">The names of the columns of the log.</param>
    /// <param name="options">The settings; null means the defaults.</param>
    /// <exception cref="ArgumentException">A setting is out of its range, or no column of observations is named; the exception names it.</exception>
    public TrpoFromLogEstimator TrpoFromLog(LogColumns columns, TrpoFromLogOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(columns);
        return new TrpoFromLogEstimator(_host, columns, options ?? new TrpoFromLogOptions());
    }

    /// <summary>Behaviour cloning: a policy that imitates rows of observations and actions, as a start for a training (<see cref="TrpoOptions.InitialPolicy"/>).</summary>
    /// <param name="actions">The actions, those of the environment of that training.</param>
    /// <param name="options">The settings; null means the defaults.</param>
    /// <exception cref="ArgumentException">A setting is out of its range; the exception names it.</exception>
    public BehaviourCloningEstimator BehaviourCloning(ActionSpace actions, BehaviourCloningOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(actions);
        return new BehaviourCloningEstimator(_host, actions, options ?? new BehaviourCloningOptions());
    }
}
