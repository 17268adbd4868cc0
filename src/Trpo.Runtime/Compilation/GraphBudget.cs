using Trpo.Runtime.Graph;
using Trpo.Runtime.Kernels;

namespace Trpo.Runtime.Compilation;

/// <summary>
/// The memory and the work of a graph while it is compiled. What exceeds a limit is refused by the name of its node, with the number and the limit,
/// before anything of that size exists. The limits of nodes, values and work are those by which Trpo.Onnx admits graphs for OnnxRuntime.
/// </summary>
internal sealed class GraphBudget
{
    /// <summary>The maximum number of nodes.</summary>
    public const int MaxNodes = 4_096;

    /// <summary>The maximum number of constants.</summary>
    public const int MaxConstants = 16_384;

    /// <summary>The maximum number of inputs or outputs of a node.</summary>
    public const int MaxNodeValues = 1_024;

    /// <summary>The rows of the batch that the limit of values is about, where a row has no more than <see cref="BatchValues"/> over it.</summary>
    public const int Rows = 256;

    /// <summary>The maximum number of numbers of such a batch in one column.</summary>
    public const int BatchValues = 1 << 24;

    /// <summary>The maximum memory of all values of such a batch, in bytes.</summary>
    public const long MaxBytes = 128 << 20;

    /// <summary>The maximum work of each row, in operations of about a nanosecond.</summary>
    public const long MaxRowWork = 1 << 26;

    /// <summary>The maximum memory of one row with the padding of vectors and with copies, in numbers.</summary>
    public const int MaxRowMemory = 1 << 22;

    /// <summary>The maximum memory of constants as they are packed, in numbers beside twice those of the file.</summary>
    public const long MaxPacked = 1 << 24;

    /// <summary>The work of a function such as tanh for each number.</summary>
    public const long FunctionWork = 16;

    /// <summary>The work of a sum or an index of the largest number for each number.</summary>
    public const long ReductionWork = 4;

    private const string WayOut = "If the model is not a stranger's, PolicySession.Open of Trpo.Onnx runs it in OnnxRuntime with trust: true.";

    private readonly long _rows;
    private readonly long _maxPacked;
    private string _place = "";
    private long _bytes;
    private long _work;
    private long _packed;

    /// <param name="graph">The graph.</param>
    /// <param name="metadata">The metadata, which have the lengths of its columns.</param>
    /// <exception cref="InvalidDataException">The graph has too many parts.</exception>
    public GraphBudget(OnnxGraph graph, PolicyMetadata metadata)
    {
        if (graph.Nodes.Count > MaxNodes)
            throw new InvalidDataException($"The graph has {graph.Nodes.Count} nodes, and {MaxNodes} are admitted. {WayOut}");
        if (graph.Initializers.Count > MaxConstants)
            throw new InvalidDataException($"The graph has {graph.Initializers.Count} constants, and {MaxConstants} are admitted. {WayOut}");
        var longest = Math.Max(metadata.Observations.Length, Math.Max(metadata.Actions.Length, metadata.Actions.ScoreLength));
        _rows = Math.Clamp(BatchValues / Math.Max(1, longest), 1, Rows);
        _maxPacked = MaxPacked + (2 * graph.Initializers.Sum(tensor => tensor.Dimensions.Aggregate(1L, (product, size) => product * size)));
    }

    /// <summary>The memory of a row that is taken so far, in numbers.</summary>
    public int RowMemory { get; private set; }

    /// <summary>Begins a node, whose name is in the messages from here on.</summary>
    /// <exception cref="InvalidDataException">The node has too many inputs or outputs.</exception>
    public void Begin(OnnxNode node, int index)
    {
        _place = $"The node {(node.Name.Length > 0 ? $"'{node.Name}'" : $"{index}")} ({node.Operation})";
        if (Math.Max(node.Inputs.Count, node.Outputs.Count) is > MaxNodeValues and var count)
            throw Refused(count, "inputs or outputs", MaxNodeValues);
    }

    /// <summary>Counts a value of each row that a node computes.</summary>
    public void Compute(RowValue value)
    {
        _bytes += (long)value.Length * value.Type switch
        {
            OnnxElementType.Int64 => 8,
            OnnxElementType.Boolean => 1,
            _ => 4,
        };
        if (_bytes * _rows > MaxBytes)
            throw Refused((_bytes * _rows) >> 20, $"MiB for the values of {_rows} rows", MaxBytes >> 20);
        Work(value.Length);
    }

    /// <summary>Counts operations of about a nanosecond for each row.</summary>
    public void Work(long operations)
    {
        _work += operations;
        if (_work > MaxRowWork)
            throw Refused(_work, "operations for each row", MaxRowWork);
    }

    /// <summary>Counts numbers of a constant as they are packed.</summary>
    public void Pack(long numbers)
    {
        _packed += numbers;
        if (_packed > _maxPacked)
            throw Refused(_packed, "numbers for packed constants", _maxPacked);
    }

    /// <summary>Takes memory of each row, and returns where it begins.</summary>
    /// <param name="length">The number of numbers, at least 1.</param>
    public int Take(long length)
    {
        var start = RowMemory;
        if (length > MaxRowMemory || start + length > MaxRowMemory - RowKernel.Padding)
            throw Refused(start + length, "numbers for the memory of a row", MaxRowMemory);
        RowMemory += RowKernel.Padded((int)length);
        return start;
    }

    private InvalidDataException Refused(long number, string what, long limit) => new(
        $"{_place} is refused: with it, the graph takes {number} {what}, and {limit} are admitted. {WayOut}");
}
