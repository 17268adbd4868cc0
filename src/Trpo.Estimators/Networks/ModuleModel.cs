using Trpo.Estimators.Checkpoints;
using Trpo.Onnx.Graph;
using static TorchSharp.torch;

namespace Trpo.Estimators.Networks;

/// <summary>A network that is a module of TorchSharp.</summary>
/// <param name="module">The module.</param>
internal sealed class ModuleModel(ExportableModule module) : INetworkModel
{
    public string TypeName => module.GetType().Name;

    public IEnumerable<(string Name, IReadOnlyList<long> Shape)> Shapes => module.named_parameters().Select(parameter => (parameter.name, (IReadOnlyList<long>)parameter.parameter.shape));

    public IEnumerable<string> Tensors =>
        module.named_parameters().Select(parameter => Describe(parameter.name, parameter.parameter)).Concat(module.named_buffers().Select(buffer => $"buffer {Describe(buffer.name, buffer.buffer)}"));

    public IEnumerable<(string Name, object Value)> States =>
        module.named_parameters().Select(parameter => (parameter.name, (object)parameter.parameter)).Concat(module.named_buffers().Select(buffer => (buffer.name, (object)buffer.buffer)));

    public bool IsCheckpointable => module is not ICheckpointable { IsCheckpointable: false };

    public void SaveState(BinaryWriter writer) => ModuleState.Save(module, writer);

    public void RestoreState(BinaryReader reader) => ModuleState.Restore(module, reader);

    public string Export(OnnxGraphBuilder graph, string input)
    {
        using var temporaries = NewDisposeScope();
        return module.Export(graph, input);
    }

    private static string Describe(string name, Tensor tensor) => $"{name} {tensor.dtype} [{string.Join(", ", tensor.shape)}]";
}
