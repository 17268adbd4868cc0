using Trpo.Runtime;

namespace Trpo.Onnx.Runtime;

/// <summary>One owner's reference to a policy that is ready to run.</summary>
internal interface IEngine : IDisposable
{
    /// <summary>The policy that acts without memory of its own; null if the engine needs some.</summary>
    /// <exception cref="ObjectDisposedException">The owner has disposed its reference.</exception>
    Policy? Managed { get; }

    /// <summary>True if the columns of a row lie one behind another; false if each column has memory of its own.</summary>
    bool IsRowWise { get; }

    /// <summary>Creates another reference, for another owner.</summary>
    /// <exception cref="ObjectDisposedException">The owner has disposed its reference.</exception>
    IEngine Share();

    /// <summary>Creates the run of the policy on memory of a number of rows.</summary>
    /// <exception cref="ObjectDisposedException">The owner has disposed its reference.</exception>
    IEngineRun Bind(BatchMemory memory);
}
