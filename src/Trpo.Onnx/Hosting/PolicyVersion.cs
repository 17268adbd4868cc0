namespace Trpo.Onnx.Hosting;

/// <summary>A version of a policy that is kept.</summary>
/// <param name="Number">The number, from 1.</param>
/// <param name="Sha256">The SHA-256 of the ONNX file, in lower-case hexadecimal digits.</param>
public sealed record PolicyVersion(int Number, string Sha256);
