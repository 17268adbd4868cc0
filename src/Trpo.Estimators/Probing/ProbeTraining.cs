using Trpo.Estimators.Baselines;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Policies;

namespace Trpo.Estimators.Probing;

/// <summary>Trains in an environment, and shows the policy and the value function at the end.</summary>
/// <param name="environment">Creates the environment.</param>
/// <param name="count">The number of environments.</param>
/// <param name="options">The options.</param>
/// <param name="inspect">Receives the trained parts before they are disposed.</param>
internal delegate void ProbeTraining(Func<IEnvironment> environment, int count, TrpoOptions options, Action<StochasticPolicy, IValueFunction> inspect);
