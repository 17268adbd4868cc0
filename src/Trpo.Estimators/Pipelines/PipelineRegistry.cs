using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Transforms;

namespace Trpo.Estimators.Pipelines;

/// <summary>
/// The transforms that a worker accepts in a pipeline that is sent to it. ML.NET's own transforms of columns, categories, missing values, normalization
/// and projection are accepted without being named. Custom mappings, and loaders of other transforms, are accepted after they were added here.
/// </summary>
/// <remarks>
/// A pipeline that asks for anything else is refused before ML.NET reads it, so that the sender cannot choose code that the worker runs. Transforms that
/// read files or run models (TensorFlow, ONNX, policies, predictors) are not accepted by default. Complete the registry before it is used: it may be
/// read by several threads, but not changed meanwhile.
/// </remarks>
public sealed class PipelineRegistry
{
    // The header of a model has place for this many characters.
    private const int MaxLoaderLength = 24;

    private readonly Dictionary<string, List<Assembly>> _loaders = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CustomMapping> _mappings = new(StringComparer.Ordinal);

    /// <summary>Creates a registry that accepts ML.NET's own transforms.</summary>
    public PipelineRegistry()
    {
        foreach (var (loader, assembly) in StockLoaders.All())
            Add(loader, assembly);
    }

    /// <summary>Accepts a custom mapping.</summary>
    /// <typeparam name="TSource">The columns that the mapping reads.</typeparam>
    /// <typeparam name="TDestination">The columns that the mapping adds.</typeparam>
    /// <param name="factory">The factory of the mapping, with a <see cref="CustomMappingFactoryAttributeAttribute"/> that has the contract name. The worker runs the mapping of this object, whatever assembly a pipeline names.</param>
    /// <returns>This registry.</returns>
    /// <exception cref="ArgumentException">The factory has no contract name, or another factory has the same.</exception>
    public PipelineRegistry AddCustomMapping<TSource, TDestination>(CustomMappingFactory<TSource, TDestination> factory)
        where TSource : class, new()
        where TDestination : class, new()
    {
        ArgumentNullException.ThrowIfNull(factory);
        var type = factory.GetType();
        if (type.GetCustomAttribute<CustomMappingFactoryAttributeAttribute>()?.ContractName is not { Length: > 0 } contract)
            throw new ArgumentException($"The factory {type.Name} has no contract name: put [CustomMappingFactoryAttribute(\"...\")] on it, with the contractName that CustomMapping is given.", nameof(factory));
        var mapping = factory.GetMapping();
        Assembly[] assemblies = [type.Assembly, mapping.Method.Module.Assembly];
        if (!_mappings.TryAdd(contract, new CustomMapping(contract, assemblies, Apply)))
            throw new ArgumentException($"A custom mapping with the contract name '{contract}' is registered already; {type.Name} needs another one.", nameof(factory));
        return this;

        IDataView Apply(IDataView view) => new MLContext().Transforms.CustomMapping(mapping, contract).Fit(view).Transform(view);
    }

    /// <summary>Accepts the transforms of a loader of the package Microsoft.ML.</summary>
    /// <param name="loader">The name of the loader in model files, such as "TokenizeTextTransform". A transform that has others inside needs all of their loaders.</param>
    /// <returns>This registry.</returns>
    /// <remarks>The loader is trusted with any bytes that a sender gives it: make sure that it neither reads files nor runs code that they name.</remarks>
    /// <exception cref="ArgumentException">The name is not one that a model can have, or that of custom mappings.</exception>
    public PipelineRegistry AllowLoader(string loader)
    {
        CheckLoader(loader);
        foreach (var assembly in StockLoaders.Assemblies)
            Add(loader, assembly);
        return this;
    }

    /// <summary>Accepts the transforms of a loader of another assembly.</summary>
    /// <param name="loader">The name of the loader in model files.</param>
    /// <param name="assembly">The assembly of the loader.</param>
    /// <returns>This registry.</returns>
    /// <inheritdoc cref="AllowLoader(string)"/>
    public PipelineRegistry AllowLoader(string loader, Assembly assembly)
    {
        CheckLoader(loader);
        ArgumentNullException.ThrowIfNull(assembly);
        Add(loader, assembly);
        return this;
    }

    /// <summary>The assemblies of the loaders, ML.NET's own first.</summary>
    internal IEnumerable<Assembly> Assemblies => _loaders.Values.SelectMany(assemblies => assemblies).Distinct().OrderBy(assembly => StockLoaders.Assemblies.Contains(assembly) ? 0 : 1);

    /// <summary>Checks that a loader and the assembly that a model names for it are accepted.</summary>
    /// <exception cref="InvalidDataException">The loader is not accepted, or is in another assembly.</exception>
    internal void Check(string loader, string assembly)
    {
        if (!_loaders.TryGetValue(loader, out var accepted))
            throw new InvalidDataException($"loader '{loader}' is not allowed on this worker: if it may read what a sender gives it, PipelineRegistry.AllowLoader(\"{loader}\")");
        if (!accepted.Exists(candidate => candidate.FullName == assembly))
            throw new InvalidDataException($"loader '{loader}' is in {string.Join(" or ", accepted.Select(candidate => $"'{candidate.FullName}'"))} on this worker, and not in '{Shorten(assembly)}'");
    }

    /// <summary>Checks that the assembly of a part without a loader is that of an accepted loader: ML.NET loads it before it looks for the loader.</summary>
    /// <exception cref="InvalidDataException">No accepted loader is in the assembly.</exception>
    internal void CheckAssembly(string assembly)
    {
        if (!_loaders.Values.Any(accepted => accepted.Exists(candidate => candidate.FullName == assembly)))
            throw new InvalidDataException($"assembly '{Shorten(assembly)}' has no loader that is allowed on this worker");
    }

    /// <summary>Returns the custom mapping of a contract name and of the assembly that a model names for it.</summary>
    /// <exception cref="InvalidDataException">The custom mapping is not registered, or is in another assembly.</exception>
    internal CustomMapping Find(string contract, string assembly)
    {
        if (!_mappings.TryGetValue(contract, out var mapping))
            throw new InvalidDataException($"custom mapping '{Shorten(contract)}' is not registered on this worker: AddCustomMapping(new ...) with the factory that has this contract name");
        if (!mapping.Assemblies.Any(candidate => candidate.FullName == assembly))
            throw new InvalidDataException($"custom mapping '{contract}' is in '{mapping.Assemblies[0].FullName}' on this worker, and not in '{Shorten(assembly)}'");
        return mapping;
    }

    private static void CheckLoader(string loader)
    {
        ArgumentException.ThrowIfNullOrEmpty(loader);
        if (loader.Length > MaxLoaderLength || loader.AsSpan().ContainsAnyExceptInRange('!', '~'))
            throw new ArgumentException($"'{loader}' is not the name of a loader: those have up to {MaxLoaderLength} ASCII characters without spaces.", nameof(loader));
        if (loader == StockLoaders.CustomMapping)
            throw new ArgumentException($"Custom mappings are accepted one by one: {nameof(AddCustomMapping)}.", nameof(loader));
    }

    private static string Shorten(string text) => text.Length <= 200 ? text : text[..200] + "...";

    private void Add(string loader, Assembly assembly)
    {
        if (!_loaders.TryGetValue(loader, out var assemblies))
            _loaders.Add(loader, assemblies = []);
        if (!assemblies.Contains(assembly))
            assemblies.Add(assembly);
    }
}
