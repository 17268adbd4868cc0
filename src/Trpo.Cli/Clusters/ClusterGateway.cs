using System.Globalization;
using System.Net;

namespace Trpo.Cli.Clusters;

/// <summary>A port of a silo for clients, and the names that its cluster has.</summary>
/// <param name="Host">The name or the address of the machine.</param>
/// <param name="Port">The port.</param>
/// <param name="Cluster">The id of the cluster (Orleans' <c>ClusterId</c>).</param>
/// <param name="Service">The id of the service (Orleans' <c>ServiceId</c>).</param>
internal sealed record ClusterGateway(string Host, int Port, string Cluster, string Service)
{
    /// <summary>Returns the host and the port of a text such as <c>127.0.0.1:30000</c>, <c>silo.example.org:30000</c> or <c>[::1]:30000</c>; null if it is none.</summary>
    public static (string Host, int Port)? Parse(string text)
    {
        var separator = text.LastIndexOf(':');
        if (separator < 0 || !int.TryParse(text[(separator + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > IPEndPoint.MaxPort)
            return null;
        var host = text[..separator];
        var isBracketed = host is ['[', .., ']'];
        host = isBracketed ? host[1..^1] : host;
        return (Uri.CheckHostName(host) == UriHostNameType.IPv6) == isBracketed && Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6 ? (host, port) : null;
    }

    /// <summary>Returns host and port as <see cref="Parse"/> reads them.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");
}
