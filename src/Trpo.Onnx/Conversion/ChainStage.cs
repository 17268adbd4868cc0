using Microsoft.ML;

namespace Trpo.Onnx.Conversion;

/// <summary>A transformer of the chain, and what the policy depends on of it.</summary>
/// <param name="Transformer">The transformer.</param>
/// <param name="Conversion">How it is expressed; null where it cannot be, so that it must not touch any of the columns.</param>
/// <param name="Columns">The columns that it writes and the policy depends on, or that it must not touch; none where it does not matter.</param>
internal sealed record ChainStage(ITransformer Transformer, IConversion? Conversion, IReadOnlyList<string> Columns);
