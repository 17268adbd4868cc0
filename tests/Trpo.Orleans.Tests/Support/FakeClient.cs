using System.Collections.Immutable;
using Orleans.Metadata;
using Trpo.Orleans.Grains;

namespace Trpo.Orleans.Tests.Support;

/// <summary>Clients of clusters that are not there.</summary>
internal static class FakeClient
{
    /// <summary>Creates a client.</summary>
    /// <param name="report">Answers for a silo, given the key of its grain.</param>
    /// <param name="silos">The silos that the client knows.</param>
    public static IClusterClient Of(Func<string, Task<SiloReport>> report, params SiloAddress[] silos)
    {
        var services = new Services(ManifestsOf(silos));

        // The services have no argument, and a grain has its key.
        return Proxy.Of<IClusterClient>(arguments => arguments is [string key, ..] ? Proxy.Of<ISiloGrain>(_ => report(key)) : services);
    }

    /// <summary>Returns the manifests of silos that have the grains of trainings.</summary>
    public static IClusterManifestProvider ManifestsOf(params SiloAddress[] silos)
    {
        var types = ImmutableDictionary<GrainType, GrainProperties>.Empty.Add(GrainType.Create("trpo.silo"), new GrainProperties(ImmutableDictionary.Create<string, string>(StringComparer.Ordinal)));
        var silo = new GrainManifest(types, ImmutableDictionary<GrainInterfaceType, GrainInterfaceProperties>.Empty);
        var manifest = new ClusterManifest(MajorMinorVersion.Zero, silos.ToImmutableDictionary(address => address, _ => silo));
        return Proxy.Of<IClusterManifestProvider>(_ => manifest);
    }

    private sealed class Services(IClusterManifestProvider manifests) : IServiceProvider
    {
        public object? GetService(Type serviceType) => serviceType == typeof(IClusterManifestProvider) ? manifests : null;
    }
}
