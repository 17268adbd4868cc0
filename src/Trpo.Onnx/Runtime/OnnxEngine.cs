using Microsoft.ML.OnnxRuntime;
using Trpo.Runtime;
using Trpo.Runtime.Graph;
using SessionLease = Trpo.Onnx.Runtime.SessionLease<Microsoft.ML.OnnxRuntime.InferenceSession, Trpo.Onnx.Runtime.SystemAtomics>;

namespace Trpo.Onnx.Runtime;

/// <summary>A policy that OnnxRuntime runs.</summary>
internal sealed class OnnxEngine : IEngine
{
    private readonly SessionLease _session;

    /// <param name="session">The session, which the engine disposes.</param>
    public OnnxEngine(InferenceSession session)
        : this(new SessionLease(session))
    {
    }

    private OnnxEngine(SessionLease session) => _session = session;

    public Policy? Managed => null;

    public bool IsRowWise => false;

    public IEngine Share() => new OnnxEngine(_session.Share());

    public IEngineRun Bind(BatchMemory memory)
    {
        _session.Take();
        _session.Return();
        return new OnnxRun(_session, memory);
    }

    public void Dispose() => _session.Dispose();

    private sealed class OnnxRun(SessionLease lease, BatchMemory memory) : IEngineRun
    {
        private readonly PolicyBinding _binding = new(Values(memory));

        public void Run(int rows)
        {
            var session = lease.Take();
            try
            {
                _binding.Run(session, rows);
            }
            catch (OnnxRuntimeException exception)
            {
                throw new InvalidOperationException($"OnnxRuntime could not compute the policy of these values: {exception.Message}", exception);
            }
            finally
            {
                lease.Return();
            }

            memory.CheckIndices(rows);
            memory.CopyIndicesToActions(rows);
        }

        public void Dispose() => _binding.Dispose();

        private static IEnumerable<IBoundValue> Values(BatchMemory memory)
        {
            foreach (var column in memory.Rows.Columns)
                yield return ColumnBinding.Of(column);
            yield return new BoundValue<float>(PolicyValues.Score, memory.Scores, memory.ScoreLength);
            if (memory.Indices is { } indices)
                yield return new BoundValue<long>(PolicyValues.Action, indices, memory.Actions is null ? null : memory.ActionLength);
            else
                yield return new BoundValue<float>(PolicyValues.Action, memory.Actions!, memory.ActionLength);
            if (memory.LogStandardDeviations is { } deviations)
                yield return new BoundValue<float>(PolicyValues.LogStandardDeviation, deviations, memory.ActionLength);
        }
    }
}
