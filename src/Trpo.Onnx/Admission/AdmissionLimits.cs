namespace Trpo.Onnx.Admission;

/// <summary>The limits of what a graph of a stranger may have, take and do.</summary>
internal static class AdmissionLimits
{
    /// <summary>The maximum number of nodes.</summary>
    public const int MaxNodes = 4_096;

    /// <summary>The maximum number of constants.</summary>
    public const int MaxConstants = 16_384;

    /// <summary>The maximum number of inputs or outputs of a node.</summary>
    public const int MaxNodeValues = 1_024;

    /// <summary>The rows of the largest batch that the limit of memory is about, which is as many as a view reads at a time.</summary>
    public const int Rows = 256;

    /// <summary>The maximum number of numbers of such a batch in one column: a longer row makes a smaller batch.</summary>
    public const int BatchValues = 1 << 24;

    /// <summary>The maximum memory of all values that a graph computes for such a batch, in bytes, as if each were kept.</summary>
    public const long MaxBytes = 128 << 20;

    /// <summary>
    /// The maximum memory of constants, in bytes beside twice those of the file, as if each node had those that it reads for itself: OnnxRuntime rearranges
    /// weights for each node, and its optimisations write new ones.
    /// </summary>
    public const long MaxConstantBytes = 64 << 20;

    /// <summary>The maximum work of a run beside that of each row, in operations of about a nanosecond.</summary>
    public const long MaxFixedWork = 1 << 27;

    /// <summary>The maximum work of each row, in operations of about a nanosecond.</summary>
    public const long MaxRowWork = 1 << 26;
}
