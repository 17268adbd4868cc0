using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Estimators.Foundation;
using Trpo.Estimators.Workers;

namespace Trpo.Estimators.Shards.Remote;

/// <summary>An exception of a worker as bytes. Those that training responds to arrive with their type, all others as a <see cref="WorkerException"/>.</summary>
internal static class WorkerFailure
{
    private enum Kind : byte
    {
        Unknown,
        Environment,
        NonFinite,
        LockStep,
        InvalidData,
        Checkpoint,
        Worker,
        Argument,
        InvalidOperation,
    }

    /// <summary>Writes an exception.</summary>
    public static byte[] Write(Exception exception) => MessageFormat.Write(writer =>
    {
        var kind = exception switch
        {
            EnvironmentException => Kind.Environment,
            NonFiniteException => Kind.NonFinite,
            LockStepException => Kind.LockStep,
            CheckpointException => Kind.Checkpoint,
            WorkerException => Kind.Worker,
            InvalidDataException => Kind.InvalidData,
            ArgumentException => Kind.Argument,
            InvalidOperationException => Kind.InvalidOperation,
            _ => Kind.Unknown,
        };
        writer.Write((byte)kind);
        var environment = exception as EnvironmentException;
        writer.Write(environment?.IsNonFinite ?? false);
        writer.Write(environment?.IsOfTransform ?? false);
        var message = TextOf(exception, static failure => failure.Message);
        writer.Write(kind == Kind.Unknown ? $"{exception.GetType().Name}: {message}" : message);

        // The stack of the user's code, which names the line.
        writer.Write(TextOf(exception.InnerException ?? exception, static failure => failure.ToString()));
    });

    // Exceptions of the user's own may have members that fail.
    private static string TextOf(Exception exception, Func<Exception, string?> read)
    {
        try
        {
            return read(exception) ?? "";
        }
        catch (Exception failure)
        {
            return $"{exception.GetType().Name}, which has no text: {failure.GetType().Name}";
        }
    }

    /// <summary>Reads an exception. The stack of the worker is that of its inner exception.</summary>
    /// <param name="failure">The bytes.</param>
    /// <param name="where">The shards, for messages.</param>
    /// <exception cref="IOException">The bytes are none of an exception.</exception>
    public static Exception Read(byte[] failure, string where)
    {
        using var reader = MessageFormat.Open(failure);
        var kind = (Kind)reader.ReadByte();
        var (isNonFinite, isOfTransform, message) = (reader.ReadBoolean(), reader.ReadBoolean(), reader.ReadString());
        var inner = new WorkerException($"On the worker of {where}: {reader.ReadString()}");
        return kind switch
        {
            Kind.Environment => new EnvironmentException(message, inner) { IsNonFinite = isNonFinite, IsOfTransform = isOfTransform },
            Kind.NonFinite => new NonFiniteException(message),
            Kind.LockStep => new LockStepException(message),
            Kind.Checkpoint => new CheckpointException(message, inner),
            Kind.InvalidData => new InvalidDataException(message, inner),
            Kind.Argument => new ArgumentException(message, inner),
            Kind.InvalidOperation => new InvalidOperationException(message, inner),
            Kind.Worker => new WorkerException($"The worker of {where} cannot run them: {message}"),
            _ => new WorkerException($"The worker of {where} failed: {message}", inner),
        };
    }
}
