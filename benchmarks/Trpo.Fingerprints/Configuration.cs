using Trpo.Estimators;
using Trpo.Estimators.Environments;

namespace Trpo.Fingerprints;

/// <summary>A training run that is repeated with several seeds.</summary>
/// <param name="Name">The name in the output, without spaces.</param>
/// <param name="Environment">Creates the environment.</param>
/// <param name="Options">The settings, without a seed.</param>
/// <param name="NormalizeBefore">True if an ML.NET normalizer stands in front of the policy.</param>
internal sealed record Configuration(string Name, Func<IEnvironment> Environment, TrpoOptions Options, bool NormalizeBefore = false);
