using System.Runtime.CompilerServices;
using Trpo.Estimators.Distributions;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Pipelines;

namespace Trpo.Estimators.Workers;

/// <summary>The parts that a worker creates for trainings, by name: a request can name a registered part, and has no other way to choose the code that runs. Filled before the worker starts.</summary>
public sealed class WorkerRegistry
{
    private readonly Dictionary<string, Func<IEnvironment>> _environments = [];
    private readonly Dictionary<string, Func<DistributionArguments, IActionDistribution>> _distributions = [];
    private readonly Dictionary<string, Func<NetworkArguments, ExportableModule>> _networks = [];

    // Held as long as they live, so that no two shards of any training on this registry have one tensor.
    private readonly ConditionalWeakTable<object, object> _tensors = [];

    /// <summary>Gets the transforms that a worker loads.</summary>
    public PipelineRegistry Pipelines { get; } = new();

    /// <summary>Gets the names of the environments, in alphabetical order.</summary>
    public IReadOnlyList<string> Environments => [.. _environments.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Registers an environment.</summary>
    /// <param name="name">The name that trainings use: that of the environment, unless their <see cref="TrainingWorkers.Environment"/> is another.</param>
    /// <param name="factory">Creates a new environment; called once per environment and once for the spaces, on any thread.</param>
    /// <returns>This registry.</returns>
    /// <exception cref="ArgumentException">The name is empty or registered already.</exception>
    public WorkerRegistry AddEnvironment(string name, Func<IEnvironment> factory)
    {
        Add(_environments, name, factory, "environment");
        return this;
    }

    /// <summary>Registers an action distribution.</summary>
    /// <param name="name">The name that trainings use in <see cref="TrainingWorkers.Distribution"/>.</param>
    /// <param name="factory">Creates the distribution, as <see cref="TrpoOptions.Distribution"/> does; called once per shard, on any thread.</param>
    /// <returns>This registry.</returns>
    /// <exception cref="ArgumentException">The name is empty or registered already.</exception>
    public WorkerRegistry AddDistribution(string name, Func<DistributionArguments, IActionDistribution> factory)
    {
        Add(_distributions, name, factory, "distribution");
        return this;
    }

    /// <summary>Registers a network of the policy.</summary>
    /// <param name="name">The name that trainings use in <see cref="TrainingWorkers.Network"/>.</param>
    /// <param name="factory">Creates a new network, as <see cref="TrpoOptions.Network"/> does, whose parameters and buffers have the same names, types and shapes; called once per shard, on any thread.</param>
    /// <returns>This registry.</returns>
    /// <exception cref="ArgumentException">The name is empty or registered already.</exception>
    public WorkerRegistry AddNetwork(string name, Func<NetworkArguments, ExportableModule> factory)
    {
        Add(_networks, name, factory, "network");
        return this;
    }

    internal Func<IEnvironment> FindEnvironment(string name) =>
        _environments.GetValueOrDefault(name) ?? throw NotRegistered("environment", name, _environments.Keys, nameof(AddEnvironment));

    internal Func<DistributionArguments, IActionDistribution> FindDistribution(string name) =>
        _distributions.GetValueOrDefault(name) ?? throw NotRegistered("distribution", name, _distributions.Keys, nameof(AddDistribution));

    internal Func<NetworkArguments, ExportableModule> FindNetwork(string name) =>
        _networks.GetValueOrDefault(name) ?? throw NotRegistered("network", name, _networks.Keys, nameof(AddNetwork));

    // False for a tensor that another network has too.
    internal bool TryClaim(object tensor) => _tensors.TryAdd(tensor, tensor);

    private static void Add<T>(Dictionary<string, T> parts, string name, T factory, string kind) where T : Delegate
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(factory);
        if (!parts.TryAdd(name, factory))
            throw new ArgumentException($"The {kind} '{name}' is registered already.", nameof(name));
    }

    private static WorkerException NotRegistered(string kind, string name, IEnumerable<string> known, string method) =>
        new($"the {kind} '{name}' is not registered there; those that are: {(known.Any() ? string.Join(", ", known.Order(StringComparer.Ordinal).Select(known => $"'{known}'")) : "none")}. Register it with {method}(\"{name}\", ...).");
}
