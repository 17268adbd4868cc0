using Trpo.Onnx.Graph;

namespace Trpo.Estimators.Networks;

/// <summary>The parts of a network that do not depend on who computes it: parameters by name, state, and the exported graph.</summary>
internal interface INetworkModel
{
    /// <summary>Gets the name of the type, which checkpoints keep.</summary>
    string TypeName { get; }

    /// <summary>Gets the names and shapes of the parameters, in order.</summary>
    IEnumerable<(string Name, IReadOnlyList<long> Shape)> Shapes { get; }

    /// <summary>Gets the description of each tensor: the names and shapes of parameters and, for modules, their types and the buffers.</summary>
    IEnumerable<string> Tensors => Shapes.Select(parameter => $"{parameter.Name} [{string.Join(", ", parameter.Shape)}]");

    /// <summary>Gets the objects that hold parameters and buffers, with their names.</summary>
    IEnumerable<(string Name, object Value)> States { get; }

    /// <summary>Finds a parameter or a buffer of the network that is another network's, too.</summary>
    /// <returns>Its name; null if the networks share none.</returns>
    string? FindShared(INetworkModel other)
    {
        var others = other.States.Select(state => state.Value).ToHashSet(ReferenceEqualityComparer.Instance);
        return States.FirstOrDefault(state => others.Contains(state.Value)).Name;
    }

    /// <summary>True unless the network declares that its state cannot be saved.</summary>
    bool IsCheckpointable { get; }

    /// <summary>Writes the state besides the parameters.</summary>
    void SaveState(BinaryWriter writer);

    /// <summary>Returns what <see cref="SaveState"/> writes.</summary>
    byte[] GetState()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        SaveState(writer);
        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>Reads the state that <see cref="SaveState"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The state is that of another network.</exception>
    void RestoreState(BinaryReader reader);

    /// <summary>Adds the network, with the present values of the parameters, to a graph.</summary>
    /// <param name="graph">The graph of the policy.</param>
    /// <param name="input">The name of the input, <c>float[N, d]</c>.</param>
    /// <returns>The name of the output, <c>float[N, outputs]</c>.</returns>
    string Export(OnnxGraphBuilder graph, string input);
}
