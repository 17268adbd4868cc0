using Microsoft.ML;

namespace Trpo.Onnx.Conversion;

/// <summary>A transformer of the chain, and those of its columns that the policy depends on.</summary>
/// <param name="Transformer">The transformer.</param>
/// <param name="Conversion">Its conversion; null if it has none, so that it must not change any of the columns.</param>
/// <param name="Columns">The columns that it writes and the policy depends on, or that it must not change; empty if the policy does not depend on it.</param>
internal sealed record ChainStage(ITransformer Transformer, IConversion? Conversion, IReadOnlyList<string> Columns);
