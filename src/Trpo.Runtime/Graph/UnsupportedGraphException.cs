namespace Trpo.Runtime.Graph;

/// <summary>
/// The exception for a policy whose graph this library does not run: it has an operator, a type or a size that the exporter of perceptron policies
/// does not write. OnnxRuntime runs it, for example through Trpo.Onnx.
/// </summary>
public sealed class UnsupportedGraphException : NotSupportedException
{
    /// <summary>Creates an exception.</summary>
    public UnsupportedGraphException()
    {
    }

    /// <summary>Creates an exception with a message.</summary>
    /// <param name="message">The message.</param>
    public UnsupportedGraphException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an exception with a message and a cause.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause.</param>
    public UnsupportedGraphException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
