namespace Trpo.Onnx.Runtime;

/// <summary>The native library of OnnxRuntime.</summary>
internal static class NativeLibrary
{
    /// <summary>Makes the first call of OnnxRuntime in a process, which loads the library.</summary>
    /// <param name="call">The call.</param>
    /// <exception cref="DllNotFoundException">The library is missing or does not load.</exception>
    public static T Load<T>(Func<T> call)
    {
        try
        {
            return call();
        }
        catch (TypeInitializationException exception) when (exception.InnerException is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
        {
            // Without an inner exception, as with a graphics card: whoever unwraps those of ML.NET's loaders takes the innermost for the cause.
            throw new DllNotFoundException($"OnnxRuntime's native library does not load: {exception.InnerException.Message} Build or publish for this platform (dotnet publish -r, or UseCurrentRuntimeIdentifier in the project), with the natives of the package Microsoft.ML.OnnxRuntime in the output; perceptron policies also run in Trpo.Runtime, which needs none.");
        }
    }
}
