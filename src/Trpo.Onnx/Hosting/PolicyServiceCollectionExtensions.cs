using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Trpo.Runtime.Graph;

namespace Trpo.Onnx.Hosting;

/// <summary>Registration of policies with the services of an application.</summary>
public static partial class PolicyServiceCollectionExtensions
{
    /// <summary>
    /// Registers a <see cref="PolicyHost"/> of a file as a singleton. The file is opened when the host is first asked for, which is when a missing or
    /// refused one is an exception, and disposed with the services. Ask for the host at the start to see it there.
    /// Replacements and refused files are logged, if the application has a log.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="path">The ONNX file; a relative path is one from the current folder.</param>
    /// <param name="configure">Changes the settings; null, the default, watches the file every second.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddPolicy(this IServiceCollection services, string path, Action<PolicyHostOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(path);
        return services.AddSingleton(provider => Open(provider, path, configure));
    }

    /// <summary>Registers a <see cref="PolicyHost"/> of a file as a keyed singleton, where an application has several policies.</summary>
    /// <param name="services">The services.</param>
    /// <param name="key">The key by which the policy is asked for.</param>
    /// <param name="path">The ONNX file.</param>
    /// <param name="configure">Changes the settings; null, the default, watches the file every second.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddKeyedPolicy(this IServiceCollection services, object? key, string path, Action<PolicyHostOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(path);
        return services.AddKeyedSingleton(key, (provider, _) => Open(provider, path, configure));
    }

    private static PolicyHost Open(IServiceProvider provider, string path, Action<PolicyHostOptions>? configure)
    {
        var options = new PolicyHostOptions { WatchInterval = TimeSpan.FromSeconds(1) };
        configure?.Invoke(options);
        if (provider.GetService<ILogger<PolicyHost>>() is { } log)
        {
            var changed = options.Changed;
            options.Changed = change =>
            {
                Log(log, change);
                changed?.Invoke(change);
            };
        }

        return PolicyHost.Open(path, options);
    }

    private static void Log(ILogger log, PolicyChange change)
    {
        if (change.Error is { } error)
            LogRefused(log, change.Path ?? "memory", error);
        else
            LogReplaced(log, change.Path ?? "memory", change.Metadata);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Serving the policy of {Path} from now on: {Policy}")]
    private static partial void LogReplaced(ILogger log, string path, PolicyMetadata policy);

    [LoggerMessage(Level = LogLevel.Error, Message = "Could not serve the policy of {Path}; the earlier one goes on being served.")]
    private static partial void LogRefused(ILogger log, string path, Exception error);
}
