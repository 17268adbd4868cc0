using Microsoft.ML;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Onnx;
using Trpo.Onnx.Rows;

namespace Trpo.Estimators.Pipelines;

/// <summary>
/// The fitted transforms between an environment and a policy as bytes, which another process applies to its own view of the environment. Rows are equal
/// bit for bit.
/// </summary>
internal static class FittedPipeline
{
    // Far more than any pipeline within the limits takes, and what an array that ends too early costs.
    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(20);

    // Enough for the deepest types and formulas that TransformArchive.ReadEntries lets through. Reserved, and used only as far as a loader descends.
    private const int StackBytes = 64 << 20;

    /// <summary>Saves the transforms of a view.</summary>
    /// <param name="host">The host, which receives nothing.</param>
    /// <param name="environment">The view of the environment.</param>
    /// <param name="data">A transform of <paramref name="environment"/>, or the view itself.</param>
    /// <returns>The bytes; empty if <paramref name="data"/> is the view itself.</returns>
    /// <exception cref="InvalidOperationException">A transform cannot travel; the message names it and the way out.</exception>
    public static byte[] Save(IHostEnvironment host, EnvironmentDataView environment, IDataView data)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(data);
        if (ReferenceEquals(data, environment))
            return [];
        var transformers = Transformers(environment, data);
        try
        {
            return PipelineArchive.Write(TransformArchive.Save(transformers), PipelineSchema.Describe(environment.Schema, data.Schema));
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw CannotTravel(environment, transformers.Find(transformer => !IsSavable(transformer)) is { } transformer ? Reason(transformer, exception) : exception.Message, exception);
        }
    }

    /// <summary>Loads transforms and applies them to a view of the environment.</summary>
    /// <param name="host">The host of the transforms.</param>
    /// <param name="environment">The view of the environment.</param>
    /// <param name="model">The bytes that <see cref="Save"/> returned, from any sender.</param>
    /// <param name="registry">The custom mappings and further loaders that this process accepts.</param>
    /// <returns>The transformed view; <paramref name="environment"/> itself for empty bytes.</returns>
    /// <exception cref="InvalidDataException">The bytes are damaged, ask for something that is not accepted, or were fitted on other columns; the message says which.</exception>
    public static IDataView Load(IHostEnvironment host, EnvironmentDataView environment, ReadOnlyMemory<byte> model, PipelineRegistry registry) =>
        Load(host, environment, model, registry, MaxTime);

    /// <summary>Loads transforms within a time limit.</summary>
    /// <inheritdoc cref="Load(IHostEnvironment, EnvironmentDataView, ReadOnlyMemory{byte}, PipelineRegistry)"/>
    internal static IDataView Load(IHostEnvironment host, EnvironmentDataView environment, ReadOnlyMemory<byte> model, PipelineRegistry registry, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(registry);
        if (model.IsEmpty)
            return environment;
        try
        {
            if (model.Length > PipelineArchive.MaxBytes)
                throw new InvalidDataException(FormattableString.Invariant($"it has {model.Length} bytes, and {PipelineArchive.MaxBytes} is the maximum"));

            // A copy of their own: what is loaded is what was checked, whoever else holds the memory.
            var bytes = model.ToArray();
            var content = PipelineArchive.Read(bytes, registry);

            // Registered in advance, a loader is found without an assembly being loaded by its name, and concurrent loads do not change the catalog.
            foreach (var assembly in registry.Assemblies)
                host.ComponentCatalog.RegisterAssembly(assembly, throwOnError: false);
            return TransformArchive.Load(host, bytes, load => Apply(environment, content, load), timeout, StackBytes);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"The transforms between environment '{environment.Name}' and the policy could not be loaded: {exception.Message}", exception);
        }
    }

    private static IDataView Apply(EnvironmentDataView environment, PipelineContent content, Func<string, ITransformer> load)
    {
        IDataView view = environment;
        foreach (var (folder, mapping) in content.Stages)
            view = mapping is null ? load(folder).Transform(view) : mapping.Apply(view);
        PipelineSchema.Check(content.Schema, PipelineSchema.Describe(environment.Schema, view.Schema));
        for (IDataView? source = view; !ReferenceEquals(source, environment); source = DataViewColumns.GetSource(source))
        {
            if (source is null)
                throw new InvalidDataException("its rows are not those of the environment");
        }

        return view;
    }

    private static List<ITransformer> Transformers(EnvironmentDataView environment, IDataView data)
    {
        var transformers = new List<ITransformer>();
        for (var view = data; !ReferenceEquals(view, environment); view = DataViewColumns.GetSource(view)!)
        {
            if (DataViewColumns.GetSource(view) is null || DataViewColumns.GetTransformer(view) is not { } transformer)
                throw CannotTravel(environment, $"{NameOf(view.GetType())} {Reason(view)}");
            transformers.Add(transformer);
        }

        transformers.Reverse();
        return transformers;
    }

    private static string Reason(IDataView view) =>
        IncompatibleTransform.Find(view.GetType().Name) is { } known ? $"{known.Effect}. {known.Advice}"
        : view is EnvironmentDataView ? "is another view than that of the environment. Fit the transforms on the view that is trained on."
        : DataViewColumns.GetSource(view) is null ? "is no transform of the environment's view. Put transforms of ML.NET in its place."
        : view.GetType().DeclaringType?.Name.StartsWith("Stateful", StringComparison.Ordinal) ?? false ? "(StatefulCustomMapping) keeps state from row to row. Use a CustomMapping, and keep the state in the environment."
        : "has no transformer that can be saved by itself. Use another transform, or compute the column in the environment.";

    private static string Reason(ITransformer transformer, Exception exception) => NameOf(transformer.GetType()) + (IsCustomMapping(transformer.GetType())
        ? " (CustomMapping) has no contract name. Give it a contractName, and add its factory to the registry of each worker with AddCustomMapping."
        : $" cannot be saved: {exception.Message} Use another transform, or compute the column in the environment.");

    // ML.NET's exceptions do not say which transform of a chain failed.
    private static bool IsSavable(ITransformer transformer)
    {
        try
        {
            return TransformArchive.Save([transformer]).Length > 0;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return false;
        }
    }

    private static bool IsCustomMapping(Type transformer) => transformer.IsGenericType && transformer.GetGenericTypeDefinition() == typeof(CustomMappingTransformer<,>);

    private static string NameOf(Type type) => type.Name.Split('`')[0];

    private static InvalidOperationException CannotTravel(EnvironmentDataView environment, string reason, Exception? cause = null) =>
        new($"The transforms between environment '{environment.Name}' and the policy cannot travel to a worker: {reason}", cause);
}
