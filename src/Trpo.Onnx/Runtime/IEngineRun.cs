namespace Trpo.Onnx.Runtime;

/// <summary>The run of a policy on memory that it was bound to.</summary>
internal interface IEngineRun : IDisposable
{
    /// <summary>Runs the policy on the first rows of the memory.</summary>
    /// <exception cref="ObjectDisposedException">The owner of the engine has disposed it.</exception>
    void Run(int rows);
}
