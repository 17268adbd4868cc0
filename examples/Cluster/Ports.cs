using System.Net;
using System.Net.Sockets;

namespace Trpo.Examples.Cluster;

/// <summary>Ports of this machine.</summary>
internal static class Ports
{
    // Operating systems give outgoing connections ports above 32,767, which may take one before a silo does.
    private const int Min = 20_000, Max = 29_999;

    /// <summary>Returns ports that nobody listens to.</summary>
    public static int[] Free(int count)
    {
        var ports = new HashSet<int>();
        while (ports.Count < count)
        {
            var port = Random.Shared.Next(Min, Max + 1);
            if (IsFree(IPAddress.Loopback, port))
                ports.Add(port);
        }

        return [.. ports];
    }

    /// <summary>Throws if another process listens to a port. Orleans shares ports: two silos at one would each get a part of the connections.</summary>
    /// <param name="address">The address of the port.</param>
    /// <param name="port">The port.</param>
    /// <param name="option">The option of the port, for the message.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    public static void RequireFree(IPAddress address, int port, string option)
    {
        if (!IsFree(address, port))
            throw new IOException(FormattableString.Invariant($"Port {port} of {address} is taken by another process: choose another one with {option}."));
    }

    private static bool IsFree(IPAddress address, int port)
    {
        using var listener = new TcpListener(address, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return false;
        }
    }
}
