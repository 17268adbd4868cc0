using Trpo.Onnx.Runtime;

namespace Trpo.Tests.Onnx.Runtime;

/// <summary>Tests of the message where OnnxRuntime's native library is missing, as where a feed or an output folder lacks it.</summary>
public sealed class NativeLibraryTests
{
    [Test]
    public void A_missing_library_is_named_with_the_way_out() => Assert.That(
        () => NativeLibrary.Load<int>(() => throw new TypeInitializationException("Microsoft.ML.OnnxRuntime.NativeMethods", new DllNotFoundException("Unable to load shared library 'onnxruntime'."))),
        Throws.TypeOf<DllNotFoundException>().With.Message.Contains("Unable to load shared library 'onnxruntime'.").And.Message.Contains("dotnet publish -r").And.InnerException.Null);

    [Test]
    public void Another_failure_of_an_initializer_is_left_as_it_is() => Assert.That(
        () => NativeLibrary.Load<int>(() => throw new TypeInitializationException("Environment", new InvalidOperationException())),
        Throws.TypeOf<TypeInitializationException>());
}
