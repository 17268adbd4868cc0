using System.Reflection;
using Microsoft.ML;

namespace Trpo.Estimators.Pipelines;

/// <summary>A custom mapping that a worker accepts.</summary>
/// <param name="Contract">The name by which models refer to the mapping.</param>
/// <param name="Assemblies">The assemblies that a model may name: that of the factory, and that of the mapping's method.</param>
/// <param name="Apply">Applies the mapping to a view.</param>
internal sealed record CustomMapping(string Contract, IReadOnlyList<Assembly> Assemblies, Func<IDataView, IDataView> Apply);
