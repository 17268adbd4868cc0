using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;

namespace Trpo.Orleans;

/// <summary>Preparation of clients of an Orleans cluster for trainings.</summary>
public static class ClientBuilderExtensions
{
    /// <summary>Raises the limit of the client's messages (100 MB in Orleans). Only needed for messages beyond it, such as those of networks of 12 million parameters.</summary>
    /// <param name="builder">The client.</param>
    /// <param name="maxMessageBytes">The length of the longest message in bytes, at least 1 MiB; 1 GiB by default.</param>
    /// <returns>The client.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxMessageBytes"/> is below 1 MiB.</exception>
    public static IClientBuilder UseTrpoWorkers(this IClientBuilder builder, int maxMessageBytes = MessageSize.Default)
    {
        ArgumentNullException.ThrowIfNull(builder);
        MessageSize.Check(maxMessageBytes, nameof(maxMessageBytes));
        builder.Services.Configure<ClientMessagingOptions>(messaging => messaging.MaxMessageBodySize = Math.Max(messaging.MaxMessageBodySize, maxMessageBytes));
        return builder;
    }
}
