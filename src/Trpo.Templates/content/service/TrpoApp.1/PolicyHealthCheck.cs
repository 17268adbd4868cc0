using Microsoft.Extensions.Diagnostics.HealthChecks;
using Trpo.Onnx.Hosting;

namespace TrpoApp._1;

/// <summary>The health of the policy: degraded while the latest version of its file is refused and an earlier one goes on being served.</summary>
public sealed class PolicyHealthCheck : IHealthCheck
{
    private volatile Exception? _refusal;

    /// <summary>Receives the replacement of the policy, or the reason why its file was refused.</summary>
    public void Report(PolicyChange change) => _refusal = change.Error;

    /// <inheritdoc />
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        _refusal is { } refusal ? HealthCheckResult.Degraded("The latest version of the policy is refused, and an earlier one is served.", refusal) : HealthCheckResult.Healthy());
}
