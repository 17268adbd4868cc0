using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Cli.Foundation;
using Trpo.Onnx;

namespace Trpo.Cli.Logs;

/// <summary>The columns that a model reads, as columns of a log.</summary>
/// <param name="Features">The columns of the log.</param>
/// <param name="Vector">The vector of the model that the columns make in their order; null if the model reads them one by one.</param>
internal sealed record ModelInputs(IReadOnlyList<LogFeature> Features, string? Vector)
{
    /// <summary>Finds the columns.</summary>
    /// <param name="path">The path of the model, for messages.</param>
    /// <param name="model">The model.</param>
    /// <param name="schema">The columns that the model was saved with; null if it is a policy alone.</param>
    /// <param name="roles">The columns of the action, the reward and the probability, which no policy reads.</param>
    /// <param name="features">The values of the vector that the command line names; null for none.</param>
    /// <exception cref="CommandException">The model reads columns of other types, or a vector whose values have no names.</exception>
    public static ModelInputs Of(string path, ITransformer model, DataViewSchema? schema, IReadOnlyList<string> roles, IReadOnlyList<string>? features)
    {
        var policy = PolicyChain.FromModel(model).Policy;
        var columns = schema?.Where(column => !column.IsHidden && !roles.Contains(column.Name)).ToList() ?? [];
        if (columns.Count == 0 || columns.Any(column => column.Type is VectorDataViewType))
            return VectorOf(path, policy, columns, features);
        if (features is not null)
            throw new CommandException($"{path} reads columns of its own by their names: leave --features out.");
        var wrong = columns.FirstOrDefault(column => column.Type is not TextDataViewType && column.Type != NumberDataViewType.Single);
        return wrong.Name is null
            ? new ModelInputs([.. columns.Select(column => new LogFeature(column.Name, column.Type is TextDataViewType))], null)
            : throw new CommandException($"{path} reads the column '{wrong.Name}' of the type {wrong.Type}; from a file, models of Single, Text, or one Vector<Single> can be evaluated. Evaluate the model with EvaluateFromLog in a program.");
    }

    private static ModelInputs VectorOf(string path, PolicyTransformer policy, List<DataViewSchema.Column> columns, IReadOnlyList<string>? features)
    {
        if (columns.Count > 1 || (columns is [var first] && !(first.Type is VectorDataViewType { IsKnownSize: true } vector && vector.ItemType == NumberDataViewType.Single)))
            throw new CommandException($"{path} reads the columns {string.Join(", ", columns.Select(column => $"'{column.Name}' ({column.Type})"))}; from a file, models of Single, Text, or one Vector<Single> can be evaluated. Evaluate the model with EvaluateFromLog in a program.");
        var (name, length) = columns is [var only] ? (only.Name, ((VectorDataViewType)only.Type).Size) : (policy.Columns.Observation, policy.Metadata.Observations.Length);
        var names = features ?? [.. policy.Metadata.Observations.Names];
        if (names.Count == 0)
            throw new CommandException(string.Create(CultureInfo.InvariantCulture, $"{path} reads a vector of {length} numbers that have no names: name the columns of the log with --features, in the order of the vector."));
        if (names.Count != length)
            throw new CommandException(string.Create(CultureInfo.InvariantCulture, $"{path} reads a vector of {length} numbers, but {names.Count} columns are named: name one for each, in the order of the vector, with --features."));
        return new ModelInputs([.. names.Select(feature => new LogFeature(feature, IsText: false))], name);
    }
}
