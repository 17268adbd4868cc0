using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Trpo.Onnx.Columns;
using Trpo.Runtime.Files;
using Trpo.Runtime.Graph;

namespace Trpo.Onnx.Hosting;

/// <summary>
/// A policy that can be replaced while it serves. Any number of threads may act at once: each call uses one policy from its beginning to its end, and a
/// policy that was replaced is freed when its last call has ended. The earlier policy goes on being served if a file is missing, damaged, refused, or of
/// another kind.
/// </summary>
public sealed class PolicyHost : IDisposable
{
    private readonly PolicyHostOptions _options;
    private readonly string? _path;
    private readonly ITimer? _timer;

    // Held while the policy is replaced, so that the later of two replacements stays.
    private readonly object _replacing = new();
    private readonly ServedPolicy _served;
    private volatile PolicyMetadata _metadata;
    private readonly string _columns;
    private FileStamp _stamp;
    private FileStamp? _unread;
    private byte[] _digest = [];
    private PolicySession _policy;
    private bool _disposed;

    /// <summary>Serves a policy from memory, until it is replaced.</summary>
    /// <param name="policy">The policy, which the host disposes.</param>
    /// <param name="options">The settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">A file is to be watched, but there is none.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public PolicyHost(PolicySession policy, PolicyHostOptions? options = null)
        : this(policy, options ?? new PolicyHostOptions(), path: null, default)
    {
        if (_options.WatchInterval is not null)
            throw new ArgumentException($"The policy comes from no file that could be watched: use {nameof(PolicyHost)}.{nameof(Open)}.", nameof(options));
    }

    private PolicyHost(PolicySession policy, PolicyHostOptions options, string? path, FileStamp stamp)
    {
        ArgumentNullException.ThrowIfNull(policy);
        options.Validate();
        _options = options.Copy();
        _path = path;
        _stamp = stamp;
        _policy = policy;
        _metadata = policy.Metadata;
        _columns = ColumnsOf(policy);
        _served = new ServedPolicy(policy);
        if (path is not null && options.WatchInterval is { } interval)
            _timer = CreateTimer(interval);
    }

    /// <summary>The description of the policy that is served now.</summary>
    public PolicyMetadata Metadata => _metadata;

    /// <summary>Serves the policy of a file.</summary>
    /// <param name="path">The ONNX file, of <see cref="PolicySession.MaxBytes"/> at most.</param>
    /// <param name="options">The settings; null for the defaults.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is not a policy, is damaged or is not admitted.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public static PolicyHost Open(string path, PolicyHostOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        options ??= new PolicyHostOptions();
        options.Validate();
        var full = Path.GetFullPath(path);

        // Looked at before it is read: a change in between is seen at the next look.
        var stamp = FileStamp.Of(full);
        var bytes = BoundedFile.Read(full, PolicySession.MaxBytes);
        return new PolicyHost(SessionOpening.Open(bytes, full, options.Trust), options, full, stamp) { _digest = SHA256.HashData(bytes) };
    }

    /// <inheritdoc cref="PolicySession.Act(ReadOnlySpan{float})"/>
    /// <exception cref="ObjectDisposedException">The host was disposed.</exception>
    public int Act(ReadOnlySpan<float> observation)
    {
        using var use = _served.Take();
        return use.Policy.Act(observation);
    }

    /// <inheritdoc cref="PolicySession.Act(ReadOnlySpan{float}, Span{float})"/>
    /// <exception cref="ObjectDisposedException">The host was disposed.</exception>
    public void Act(ReadOnlySpan<float> observations, Span<float> actions)
    {
        using var use = _served.Take();
        use.Policy.Act(observations, actions);
    }

    /// <inheritdoc cref="PolicySession.ActOn{TRow}(TRow)"/>
    /// <exception cref="ObjectDisposedException">The host was disposed.</exception>
    public int ActOn<[DynamicallyAccessedMembers(RowReaders.Members)] TRow>(TRow row)
        where TRow : notnull
    {
        using var use = _served.Take();
        return use.Policy.ActOn(row);
    }

    /// <inheritdoc cref="PolicySession.ActOn{TRow}(TRow, Span{float})"/>
    /// <exception cref="ObjectDisposedException">The host was disposed.</exception>
    public void ActOn<[DynamicallyAccessedMembers(RowReaders.Members)] TRow>(TRow row, Span<float> action)
        where TRow : notnull
    {
        using var use = _served.Take();
        use.Policy.ActOn(row, action);
    }

    /// <summary>
    /// Returns the policy that is served now, to draw actions or read scores by <see cref="PolicySession.CreateBatch(int, ActionSelection?)"/>. A later
    /// replacement does not change it.
    /// </summary>
    /// <returns>A session of its own, which the caller disposes.</returns>
    /// <exception cref="ObjectDisposedException">The host was disposed.</exception>
    public PolicySession Share()
    {
        using var use = _served.Take();
        return use.Policy.Share();
    }

    /// <summary>Serves another policy from now on. Calls that are under way end with the earlier one.</summary>
    /// <param name="policy">The policy, which the host disposes, also if it refuses it. The one that is served already changes nothing.</param>
    /// <exception cref="ArgumentException">The policy has other observations or actions than the one that is served, which callers could not take.</exception>
    /// <exception cref="ObjectDisposedException">The host, or <paramref name="policy"/>, was disposed.</exception>
    public void Replace(PolicySession policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        lock (_replacing)
        {
            try
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                if (ReferenceEquals(policy, _policy))
                    return;
                if (Difference(policy) is { } difference)
                    throw new ArgumentException(difference, nameof(policy));

                // Throws if the policy was disposed.
                policy.Share().Dispose();
            }
            catch
            {
                policy.Dispose();
                throw;
            }

            Serve(policy);
        }

        _options.Changed?.Invoke(new PolicyChange(null, policy.Metadata, null));
    }

    /// <summary>Reads the file, and serves it again if its content has changed.</summary>
    /// <returns>True if the policy was replaced; false if the file is the same, or is refused, which <see cref="PolicyHostOptions.Changed"/> receives.</returns>
    /// <exception cref="InvalidOperationException">The policy comes from no file.</exception>
    /// <exception cref="ObjectDisposedException">The host was disposed.</exception>
    public bool Reload()
    {
        if (_path is null)
            throw new InvalidOperationException($"The policy comes from no file: use {nameof(Replace)}.");
        PolicyChange change;
        lock (_replacing)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (TryLoad(_path, reads: true) is not { } loaded)
                return false;
            change = loaded;
        }

        _options.Changed?.Invoke(change);
        return change.IsReplaced;
    }

    /// <summary>Stops watching, and frees the policy once the calls that are under way have ended; further ones throw <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        _timer?.Dispose();
        lock (_replacing)
        {
            if (_disposed)
                return;
            _disposed = true;
            _served.End();
        }
    }

    // A look that takes longer than the interval, or that another thread has just begun, makes the next one superfluous.
    private void Look()
    {
        if (!Monitor.TryEnter(_replacing))
            return;
        PolicyChange? change;
        try
        {
            change = _disposed ? null : TryLoad(_path!, reads: false);
        }
        finally
        {
            Monitor.Exit(_replacing);
        }

        if (change is not null)
            _options.Changed?.Invoke(change);
    }

    private PolicyChange? TryLoad(string path, bool reads)
    {
        FileStamp stamp = default;
        byte[] bytes;
        try
        {
            stamp = FileStamp.Of(path);
            if (stamp == _stamp)
            {
                _unread = null;
                if (!reads)
                    return null;
            }

            // Looked at before it is read, so that a change during the reading is seen at the next look.
            bytes = BoundedFile.Read(path, PolicySession.MaxBytes);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Perhaps another process has it open: it is tried again at the next look, and reported once.
            var isKnown = _unread == stamp;
            _unread = stamp;
            return isKnown ? null : Refused(path, exception);
        }
        catch (InvalidDataException exception)
        {
            var isKnown = _stamp == stamp;
            (_stamp, _unread) = (stamp, null);
            return isKnown ? null : Refused(path, exception);
        }

        (_stamp, _unread) = (stamp, null);
        var digest = SHA256.HashData(bytes);
        if (digest.AsSpan().SequenceEqual(_digest))
            return null;
        _digest = digest;
        return Serve(bytes, path);
    }

    private PolicyChange Serve(byte[] bytes, string path)
    {
        PolicySession policy;
        try
        {
            policy = SessionOpening.Open(bytes, path, _options.Trust);
        }
        catch (Exception exception)
        {
            // Whatever the file is: the policy that is served is none the worse for it.
            return Refused(path, exception);
        }

        if (Difference(policy) is { } difference)
        {
            policy.Dispose();
            return Refused(path, new InvalidDataException($"Could not serve {path}: {difference}"));
        }

        Serve(policy);
        return new PolicyChange(path, policy.Metadata, null);
    }

    private PolicyChange Refused(string path, Exception error) => new(path, _metadata, error);

    private void Serve(PolicySession policy)
    {
        _served.Replace(policy);
        _policy = policy;
        _metadata = policy.Metadata;
    }

    private string? Difference(PolicySession policy)
    {
        var (served, other) = ($"{_columns} -> {_metadata.Actions}", $"{ColumnsOf(policy)} -> {policy.Metadata.Actions}");
        return served == other ? null : $"The policy has {other}, but {served} is served: callers could not take it. Open another {nameof(PolicyHost)} for it.";
    }

    // Callers set columns by their names, in any order.
    private static string ColumnsOf(PolicySession policy) => string.Join(", ", policy.InputColumns.Select(column => $"{column}").Order(StringComparer.Ordinal));

    // Without the context of whoever happened to open the host, which the timer would keep and give to every log.
    private ITimer CreateTimer(TimeSpan interval)
    {
        using var suppressed = ExecutionContext.IsFlowSuppressed() ? default(AsyncFlowControl?) : ExecutionContext.SuppressFlow();
        return _options.TimeProvider.CreateTimer(static host => ((PolicyHost)host!).Look(), this, interval, interval);
    }
}
