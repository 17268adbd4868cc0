using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Microsoft.ML;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Networks;
using Trpo.Onnx;
using Trpo.Onnx.Graph;
using Trpo.Runtime.Files;
using Trpo.Runtime.Graph;

namespace Trpo.Estimators;

/// <summary>
/// A policy that a training begins with, instead of an untrained one: network, normalizer and standard deviations of a trained policy, and the value function where it comes from a checkpoint. The schedule of the
/// training is its own. Set it by <see cref="TrpoOptions.InitialPolicy"/>.
/// </summary>
public sealed partial class InitialPolicy
{
    private const string Extension = ".checkpoint";

    private readonly GraphContent? _graph;

    private InitialPolicy(string source, byte[] bytes, PolicyMetadata? metadata, GraphContent? graph, CheckpointContent? checkpoint)
    {
        Source = source;
        Digest = Convert.ToHexStringLower(SHA256.HashData(bytes));
        Metadata = metadata;
        _graph = graph;
        Checkpoint = checkpoint;
    }

    /// <summary>The origin of the policy, for messages: a path, or a name.</summary>
    public string Source { get; }

    /// <summary>The SHA-256 of the policy or the checkpoint, in hexadecimal digits. It is part of the provenance of trained policies, and of checkpoints.</summary>
    public string Digest { get; }

    /// <summary>The metadata of the policy; null for a checkpoint.</summary>
    public PolicyMetadata? Metadata { get; }

    /// <summary>The widths of the hidden layers; null where they are not known, as for a checkpoint or a network that is no perceptron.</summary>
    public IReadOnlyList<int>? HiddenLayers
    {
        get
        {
            if (_graph is null || !_graph.Constants.ContainsKey("layer0_bias"))
                return null;
            var widths = new List<int>();
            while (_graph.Constants.TryGetValue(FormattableString.Invariant($"layer{widths.Count}_bias"), out var bias))
                widths.Add(bias.Length);
            return widths[..^1];
        }
    }

    /// <summary>The activation function of the hidden layers; null where it is not known, or there are none.</summary>
    public Activation? HiddenActivation => _graph?.Operators.GetValueOrDefault("layer0_activation") switch
    {
        null => null,

        // Operator set 12 has no SiLU, which is a product.
        "Mul" => Activation.Silu,
        var name => Enum.TryParse<Activation>(name, out var activation) ? activation : null,
    };

    /// <summary>True if the policy normalizes observations; null where it is not known, as for a checkpoint.</summary>
    public bool? NormalizesObservations => _graph is null ? null : _graph.Constants.ContainsKey("observation_mean");

    /// <summary>The graph of the policy; null for a checkpoint.</summary>
    internal GraphContent? Graph => _graph;

    /// <summary>The checkpoint; null for a policy.</summary>
    internal CheckpointContent? Checkpoint { get; }

    /// <summary>Takes the policy of a model. The transforms in front of it are not part of it: use them in front of the trainer too, so that the policy observes what it is used to.</summary>
    /// <param name="model">The policy, or a chain with the policy in it.</param>
    /// <param name="source">The name of the policy in messages; "the model" by default.</param>
    /// <exception cref="ArgumentException">There is no policy in the model, or more than one.</exception>
    public static InitialPolicy FromModel(ITransformer model, string source = "the model")
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(source);
        return FromOnnx(PolicyChain.FromModel(model).Policy.Onnx.ToArray(), source);
    }

    /// <summary>Reads a policy from a file: a model that <c>PolicyModel.Save</c> wrote, the ONNX file of a policy alone, or a checkpoint of a training, which has the value function too.</summary>
    /// <param name="path">The path of the file, or of the folder of checkpoints, of which the latest is taken.</param>
    /// <exception cref="InvalidDataException">The file is none of these, or is damaged; the message says how.</exception>
    /// <exception cref="CheckpointException">The checkpoint is of another version of the format.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static InitialPolicy Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path))
            path = Latest(path) ?? throw new FileNotFoundException($"There is no checkpoint in the folder {path}. Name a checkpoint, a model.zip or the ONNX file of a policy.", path);
        var bytes = BoundedFile.Read(path, int.MaxValue / 2);
        if (bytes.AsSpan().StartsWith("TRPO\u001aCP\n"u8))
            return new InitialPolicy(path, bytes, metadata: null, graph: null, CheckpointFile.Parse([.. bytes], path));
        if (!bytes.AsSpan().StartsWith("PK"u8))
            return FromOnnx(bytes, path);
        var model = PolicyModel.Load(new MLContext(), path, out _);
        using var owned = model as IDisposable;
        return FromModel(model, path);
    }

    /// <summary>Returns options with the layers, the activation function, the normalization and the mask of this policy, as far as they are known, so that training can begin with it.</summary>
    /// <param name="options">The options.</param>
    public TrpoOptions Adapt(TrpoOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options with
        {
            InitialPolicy = this,
            HiddenLayers = HiddenLayers ?? options.HiddenLayers,
            HiddenActivation = HiddenActivation ?? options.HiddenActivation,
            NormalizeObservations = NormalizesObservations ?? options.NormalizeObservations,
            ActionMask = Metadata?.HasActionMask ?? options.ActionMask,
        };
    }

    /// <summary>Returns the source and the first digits of the digest.</summary>
    public override string ToString() => $"{Source} ({Digest[..12]})";

    private static InitialPolicy FromOnnx(byte[] onnx, string source)
    {
        try
        {
            return new InitialPolicy(source, onnx, PolicyMetadata.FromOnnx(onnx), GraphContent.FromOnnx(onnx), checkpoint: null);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"{source} is no policy that a training could begin with: {exception.Message}", exception);
        }
    }

    private static string? Latest(string folder) => Directory.EnumerateFiles(folder).Where(path => Numbered().IsMatch(Path.GetFileName(path))).MaxBy(path => long.Parse(Path.GetFileNameWithoutExtension(path), CultureInfo.InvariantCulture));

    [GeneratedRegex(@"^\d+" + @"\" + Extension + "$")]
    private static partial Regex Numbered();
}
