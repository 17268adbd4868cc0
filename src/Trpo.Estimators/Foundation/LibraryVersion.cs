using System.Reflection;

namespace Trpo.Estimators.Foundation;

/// <summary>The version of Trpo.Estimators, as files and telemetry record it. All packages of the project have the same version.</summary>
public static class LibraryVersion
{
    /// <summary>The version with the commit that the library was built from, where the build knew it: <c>0.1.0+3f2a9c1</c>.</summary>
    public static string Informational { get; } =
        typeof(LibraryVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>The version without the commit: <c>0.1.0</c>.</summary>
    public static string Number { get; } = Informational.Split('+')[0];
}
