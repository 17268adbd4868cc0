using TorchSharp.Modules;
using Trpo.Estimators.Networks;
using Trpo.Onnx.Graph;
using Trpo.Runtime.Randomness;
using static TorchSharp.torch;

namespace Trpo.Tests.Support;

/// <summary>A module that computes a given function of its parameters and its input.</summary>
internal sealed class TestModule : ExportableModule
{
    private readonly Func<TestModule, Tensor, Tensor> _forward;

    public TestModule(string name, Func<TestModule, Tensor, Tensor> forward, params (string Name, Tensor Value)[] parameters)
        : base(name)
    {
        _forward = forward;
        foreach (var (parameterName, value) in parameters)
        {
            Parameters[parameterName] = new Parameter(value, requires_grad: true);
            register_parameter(parameterName, Parameters[parameterName]);
        }
    }

    public Dictionary<string, Parameter> Parameters { get; } = [];

    /// <summary>Creates a linear function, followed by another function.</summary>
    public static TestModule Linear(int inputs, int outputs, Func<Tensor, Tensor>? after = null)
    {
        var random = new RandomSource(1);
        Tensor Random(params long[] shape) => tensor(TestNetworks.Singles(random, (int)shape.Aggregate((a, b) => a * b))).view(shape);
        return new TestModule(
            "linear",
            (module, input) => (after ?? (output => output))(nn.functional.linear(input, module.Parameters["weight"], module.Parameters["bias"])),
            ("weight", Random(outputs, inputs)), ("bias", Random(outputs)));
    }

    public override Tensor forward(Tensor input) => _forward(this, input);

    public override string Export(OnnxGraphBuilder graph, string input) => throw new InvalidOperationException("A module for tests of derivatives, which nothing deploys.");
}
