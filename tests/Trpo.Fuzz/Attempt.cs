using Microsoft.ML;
using Trpo.Onnx;
using Trpo.Runtime;
using Trpo.Runtime.Randomness;

namespace Trpo.Fuzz;

/// <summary>Opens damaged files, and uses those that open. Only the exceptions that opening and running document are allowed; any other ends the program.</summary>
internal static class Attempt
{
    private const int Rows = 40;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <returns>Null where the policy opened, or the exception that says why not.</returns>
    public static Exception? Session(byte[] onnx, RandomSource random)
    {
        var managed = Managed(onnx, random);
        PolicySession session;
        try
        {
            session = PolicySession.Open(onnx);
        }
        catch (InvalidDataException exception)
        {
            return exception;
        }

        using (session)
        using (var batch = session.CreateBatch(Rows))
        {
            if (managed)
                throw new InvalidOperationException("A session runs what Policy.Open refuses by its limits.");
            for (var row = 0; row < Rows; row++)
                Fill(batch.Observation(row), row, random);
            try
            {
                batch.Run(Rows);
                batch.Run(1);
            }
            catch (Exception exception) when (exception is InvalidDataException or InvalidOperationException)
            {
                // A choice that the space does not have, or values that the graph fails on: Run says so, and the process goes on.
                return exception;
            }
        }

        return null;
    }

    /// <returns>The reason why a model file is refused, or "loaded".</returns>
    public static string Load(MLContext ml, string file)
    {
        try
        {
            (PolicyModel.Load(ml, file, out _) as IDisposable)?.Dispose();
            return "loaded";
        }
        catch (InvalidDataException exception)
        {
            return exception.Message;
        }
    }

    /// <returns>Null where the model loaded, or the exception that says why not.</returns>
    public static Exception? Model(MLContext ml, byte[] zip, RandomSource random)
    {
        ITransformer model;
        try
        {
            model = PolicyModel.Load(ml, new MemoryStream(zip), Patience, out _);
        }
        catch (InvalidDataException exception)
        {
            return exception;
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
            return exception;
        }
        finally
        {
            (model as IDisposable)?.Dispose();
        }

        return null;
    }

    // True where managed code refuses the file, which a session must refuse too.
    private static bool Managed(byte[] onnx, RandomSource random)
    {
        try
        {
            if (!Policy.TryOpen(onnx, out var policy))
                return false;
            var observations = new float[Rows * policy.ObservationLength];
            for (var row = 0; row < Rows; row++)
                Fill(observations.AsSpan(row * policy.ObservationLength, policy.ObservationLength), row, random);
            policy.Act(observations, new float[Rows * policy.Metadata.Actions.Length]);
            return false;
        }
        catch (InvalidDataException)
        {
            return true;
        }
    }

    private static void Fill(Span<float> observation, int row, RandomSource random)
    {
        foreach (ref var value in observation)
            value = row == 3 ? float.NaN : (float)random.NextGaussian();
    }
}
