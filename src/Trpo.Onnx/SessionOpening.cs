using System.Collections.Immutable;
using Microsoft.ML.OnnxRuntime;
using Trpo.Onnx.Columns;
using Trpo.Onnx.Graph.Format;
using Trpo.Onnx.Runtime;
using Trpo.Runtime;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Spaces;

namespace Trpo.Onnx;

/// <summary>The checks of a policy's bytes, and the choice of the engine that runs them.</summary>
internal static class SessionOpening
{
    /// <summary>Opens a policy.</summary>
    /// <param name="model">The bytes of the ONNX model.</param>
    /// <param name="source">The name of the bytes in messages.</param>
    /// <param name="trust">True if operators, memory and work are not checked.</param>
    /// <exception cref="InvalidDataException">The bytes are not a policy, are damaged or are not admitted.</exception>
    public static PolicySession Open(byte[] model, string source, bool trust)
    {
        PolicyMetadata metadata;
        ModelProto onnx;
        try
        {
            if (model.AsSpan().StartsWith("PK"u8))
                throw new InvalidDataException("It is a zip archive, as ML.NET's model files are: PolicyModel.Load reads those.");
            if (model.Length > PolicySession.MaxBytes)
                throw new InvalidDataException($"It has more than {PolicySession.MaxBytes >> 20} MiB, the maximum that this library reads.");

            // The metadata are read first: until then, the number of objects that the bytes may become is not bounded.
            metadata = PolicyMetadata.FromOnnx(model);
            onnx = ModelProto.Parser.ParseFrom(model);
            if (OpenManaged(model, trust) is { } policy)
                return new PolicySession(new ManagedEngine(policy), policy.Metadata, GraphInputs.Of(onnx.Graph, metadata), policy.HasStandardDeviations);
            if (!trust)
                PolicyAdmission.CheckForOnnxRuntime(onnx, metadata);
        }
        catch (InvalidDataException exception)
        {
            throw Refused(source, exception);
        }

        return OpenInOnnxRuntime(model, source, metadata, onnx.Graph);
    }

    private static InvalidDataException Refused(string source, Exception cause) => new($"Could not open a policy from {source}: {cause.Message}", cause);

    private static Policy? OpenManaged(byte[] model, bool trust)
    {
        try
        {
            return Policy.TryOpen(model, out var policy) ? policy : null;
        }
        catch (InvalidDataException exception)
        {
            // Above the limits of managed code, which the caller's word lifts for OnnxRuntime; any other defect is one there too.
            return trust ? null : throw new InvalidDataException(exception.InnerException?.Message ?? exception.Message, exception);
        }
    }

    // A method of its own: where managed code runs the policy, the assembly of OnnxRuntime is not even loaded.
    private static PolicySession OpenInOnnxRuntime(byte[] model, string source, PolicyMetadata metadata, GraphProto graph)
    {
        try
        {
            return OpenInOnnxRuntime(model, metadata, GraphInputs.Of(graph, metadata));
        }
        catch (Exception exception) when (exception is OnnxRuntimeException or InvalidDataException)
        {
            throw Refused(source, exception);
        }
    }

    private static PolicySession OpenInOnnxRuntime(byte[] model, PolicyMetadata metadata, ImmutableArray<GraphInput> inputs)
    {
        var session = GraphicsCard.Open(model);
        try
        {
            Check(session, metadata);
            var hasDeviations = metadata.Actions is BoxActionSpace && session.OutputMetadata.ContainsKey(PolicyValues.LogStandardDeviation);
            var policy = new PolicySession(new OnnxEngine(session), metadata, inputs, hasDeviations);
            TryOut(policy);
            return policy;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    // Some errors of a graph, such as an index that is out of range, show only when it runs. A graph that parses its texts need not run on empty ones.
    private static void TryOut(PolicySession policy)
    {
        if (policy.InputColumns.Any(column => column.Type == PolicyInputType.Text))
            return;
        using var row = policy.CreateBatch(1);
        row.SetBlank();
        try
        {
            row.Run(1);
        }
        catch (InvalidOperationException exception)
        {
            throw new InvalidDataException(exception.Message, exception);
        }
    }

    private static void Check(InferenceSession session, PolicyMetadata metadata)
    {
        Check(session.OutputMetadata, PolicyValues.Score, typeof(float), metadata.Actions.ScoreLength);
        var element = metadata.Actions is BoxActionSpace ? typeof(float) : typeof(long);
        Check(session.OutputMetadata, PolicyValues.Action, element, metadata.Actions is DiscreteActionSpace ? null : metadata.Actions.Length);
        if (metadata.Actions is BoxActionSpace && session.OutputMetadata.ContainsKey(PolicyValues.LogStandardDeviation))
            Check(session.OutputMetadata, PolicyValues.LogStandardDeviation, typeof(float), metadata.Actions.Length);
    }

    private static void Check(IReadOnlyDictionary<string, NodeMetadata> outputs, string name, Type element, int? columns)
    {
        if (!outputs.TryGetValue(name, out var node))
            throw new InvalidDataException($"The graph has no output '{name}'.");
        int[] expected = columns is { } count ? [-1, count] : [-1];
        if (!node.IsTensor || node.ElementType != element || !node.Dimensions.AsSpan().SequenceEqual(expected))
        {
            throw new InvalidDataException(
                $"The graph's output '{name}' is {node.ElementType?.Name}[{string.Join(", ", node.Dimensions)}], but the metadata says {element.Name}[{string.Join(", ", expected)}].");
        }
    }
}
