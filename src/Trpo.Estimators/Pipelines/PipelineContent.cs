namespace Trpo.Estimators.Pipelines;

/// <summary>The checked content of a pipeline.</summary>
/// <param name="Schema">The description of the columns that the pipeline was fitted on.</param>
/// <param name="Stages">The transforms in the order of their application: the folder of each, and the registered mapping that takes its place if it is a custom one.</param>
internal sealed record PipelineContent(string Schema, IReadOnlyList<(string Folder, CustomMapping? Mapping)> Stages);
