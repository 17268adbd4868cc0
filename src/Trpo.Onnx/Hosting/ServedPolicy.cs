using Trpo.Onnx.Runtime;

namespace Trpo.Onnx.Hosting;

/// <summary>The policy that is served now. A call takes it and returns it; a policy that was replaced is freed when the last call has returned it.</summary>
/// <param name="policy">The first policy.</param>
internal sealed class ServedPolicy(PolicySession policy)
{
    private volatile SharedSession<PolicySession, SystemAtomics> _served = new(policy, default);

    /// <summary>Takes the policy for one call.</summary>
    /// <exception cref="ObjectDisposedException">No policy is served any more.</exception>
    public Use Take()
    {
        while (true)
        {
            var served = _served;
            if (served.TryTake() is { } policy)
                return new Use(served, policy);

            // Freed between the two lines: either another one is served, or none.
            if (ReferenceEquals(served, _served))
                throw new ObjectDisposedException(nameof(PolicyHost), $"The {nameof(PolicyHost)} was disposed.");
        }
    }

    /// <summary>Serves another policy from now on. Replacements do not overlap.</summary>
    public void Replace(PolicySession policy)
    {
        var before = _served;
        _served = new SharedSession<PolicySession, SystemAtomics>(policy, default);
        before.Return();
    }

    /// <summary>Serves no policy any more.</summary>
    public void End() => _served.Return();

    /// <summary>One call's use of a policy, which ends when it is disposed.</summary>
    public readonly struct Use(SharedSession<PolicySession, SystemAtomics> served, PolicySession policy) : IDisposable
    {
        /// <summary>The policy.</summary>
        public PolicySession Policy => policy;

        /// <inheritdoc/>
        public void Dispose() => served.Return();
    }
}
