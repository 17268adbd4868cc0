using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using TorchSharp;
using Trpo.Onnx;
using Trpo.Onnx.Graph;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Networks;

/// <summary>
/// The check of a network of your own: its <c>forward</c> and its ONNX graph must compute the same, each row must depend on its own input only, and libtorch must be able
/// to differentiate it. Training runs this check before it begins.
/// </summary>
public static class ExportableModuleCheck
{
    private const int Rows = 16;
    private const double Tolerance = 1e-4;

    /// <summary>Compares a module with its ONNX graph on random inputs.</summary>
    /// <param name="module">The module, which is put into evaluation mode and not disposed.</param>
    /// <param name="inputs">The number of inputs, <c>d</c>.</param>
    /// <param name="outputs">The number of outputs.</param>
    /// <exception cref="ArgumentException">The module has no parameters, or one that cannot be trained; the message names it.</exception>
    /// <exception cref="InvalidOperationException">Module and graph differ, one of them does not run, or libtorch cannot differentiate the module; the message says which and by how much.</exception>
    public static void Verify(ExportableModule module, int inputs, int outputs)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        var random = new RandomSource(0);
        float[] observations = [.. Enumerable.Range(0, Rows * inputs).Select(_ => (float)random.NextGaussian())];
        var expected = new double[Rows * outputs];

        // Not disposed: the module is the caller's.
        var network = new TorchNetwork(module, outputs);
        try
        {
            network.Evaluate(observations, expected);
            Differentiate(network, observations, random);
        }
        catch (ExternalException exception)
        {
            throw new InvalidOperationException($"Libtorch cannot compute or differentiate {module.GetName()}.forward: {exception.Message}", exception);
        }
        finally
        {
            network.Release();
        }

        var alone = new double[outputs];
        network.Evaluate(observations.AsSpan(0, inputs), alone);
        for (var i = 0; i < outputs; i++)
            CheckEqual(alone[i], expected[i], $"Output {i} of {module.GetName()}.forward for a single row");

        using var session = Open(module, inputs, outputs);
        using var batch = session.CreateBatch(Rows);
        for (var row = 0; row < Rows; row++)
            observations.AsSpan(row * inputs, inputs).CopyTo(batch.Observation(row));
        batch.Run(Rows);
        for (var i = 0; i < expected.Length; i++)
            CheckEqual(batch.Score(i / outputs)[i % outputs], expected[i], $"Output {i % outputs} of the graph from {module.GetName()}.{nameof(ExportableModule.Export)}");
    }

    // u . (J v) = (J^T u) . v
    private static void Differentiate(TorchNetwork network, float[] observations, RandomSource random)
    {
        var outputs = new double[Rows * network.Outputs];
        network.Linearize(observations, outputs);
        double[] Draw(int length) => [.. Enumerable.Range(0, length).Select(_ => random.NextGaussian())];
        var (v, u) = (Draw(network.Parameters.Length), Draw(outputs.Length));
        var (tangents, gradient) = (new double[u.Length], new double[v.Length]);
        network.Product(v, tangents);
        network.TransposeProduct(u, gradient);
        CheckEqual(TensorPrimitives.Dot<double>(u, tangents), TensorPrimitives.Dot<double>(gradient, v), "The derivative of forward in one direction", TensorPrimitives.Norm<double>(u) * TensorPrimitives.Norm<double>(tangents));
    }

    // Written so that a NaN fails too.
    private static void CheckEqual(double actual, double expected, string subject, double scale = 1)
    {
        if (!double.IsFinite(expected))
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{subject} is {expected} for observations of a standard normal distribution. Look for a division by 0, or a root or logarithm where it has no derivative."));
        if (!(Math.Abs(actual - expected) <= Tolerance * (scale + Math.Abs(expected))))
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{subject} is {actual:G7}, but should be {expected:G7}."));
    }

    // The outputs become the score of a policy over unbounded actions.
    private static PolicySession Open(ExportableModule module, int inputs, int outputs)
    {
        using var temporaries = torch.NewDisposeScope();
        var graph = new OnnxGraphBuilder("module");
        var output = module.Export(graph, graph.Input(PolicyValues.Observation, inputs, "The inputs."));
        graph.Node("Identity", PolicyValues.Score, [output]);
        graph.Node("Identity", PolicyValues.Action, [output]);
        graph.Output(PolicyValues.Score, outputs, "The outputs.");
        graph.Output(PolicyValues.Action, outputs, "The outputs.");
        var unbounded = ActionSpace.Box(Enumerable.Repeat(float.NegativeInfinity, outputs).ToArray(), Enumerable.Repeat(float.PositiveInfinity, outputs).ToArray());
        try
        {
            return PolicySession.Open(graph.Build("The graph of a module, for its check.", new PolicyMetadata(ObservationSpace.Unbounded(inputs), unbounded, [])), trust: true);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidOperationException($"The graph from {module.GetName()}.{nameof(ExportableModule.Export)} does not run: {exception.Message}", exception);
        }
    }
}
