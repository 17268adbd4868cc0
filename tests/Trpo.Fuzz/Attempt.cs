using Microsoft.ML;
using Trpo.Onnx;
using Trpo.Runtime.Randomness;

namespace Trpo.Fuzz;

/// <summary>Opens damaged files, and uses those that open. One type of exception is allowed for those that do not.</summary>
internal static class Attempt
{
    private const int Rows = 40;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <returns>Null where the policy opened, or the reason why not.</returns>
    public static string? Session(byte[] onnx, RandomSource random)
    {
        PolicySession session;
        try
        {
            session = PolicySession.Open(onnx);
        }
        catch (InvalidDataException exception)
        {
            return exception.Message;
        }

        using (session)
        using (var batch = session.CreateBatch(Rows))
        {
            for (var row = 0; row < Rows; row++)
            {
                foreach (ref var value in batch.Observation(row))
                    value = row == 3 ? float.NaN : (float)random.NextGaussian();
            }

            batch.Run(Rows);
            batch.Run(1);
        }

        return null;
    }

    /// <returns>Null where the model loaded, or the reason why not.</returns>
    public static string? Model(MLContext ml, byte[] zip, RandomSource random)
    {
        ITransformer model;
        try
        {
            model = PolicyModel.Load(ml, new MemoryStream(zip), Patience, out _);
        }
        catch (InvalidDataException exception)
        {
            return exception.Message;
        }

        var rows = Enumerable.Range(0, Rows).Select(_ => new Row { Observation = [.. Enumerable.Range(0, 4).Select(_ => (float)random.NextGaussian())] });
        try
        {
            var scored = model.Transform(ml.Data.LoadFromEnumerable(rows));
            scored.Preview(Rows);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidDataException or InvalidOperationException)
        {
            // A model in order for rows of another kind.
            return $"(rows) {exception.Message}";
        }
        finally
        {
            (model as IDisposable)?.Dispose();
        }

        return null;
    }
}
