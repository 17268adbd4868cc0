using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Trpo.Examples.Cluster;

/// <summary>The certificate that each process of a cluster has, and that both ends of a connection show.</summary>
internal static class Certificates
{
    /// <summary>The name in the certificate.</summary>
    public const string Name = "trpo-cluster";

    /// <summary>Creates a self-signed certificate for both ends of connections.</summary>
    /// <param name="path">The file, which must not exist yet. It has the private key: whoever can read it can join.</param>
    /// <param name="days">The number of days that the certificate is valid for.</param>
    /// <exception cref="IOException">The file exists or cannot be written.</exception>
    public static void Create(string path, int days)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={Name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Name);
        request.CertificateExtensions.Add(names.Build());

        // Clocks of other machines may be a little behind.
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(days));
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, options);
        file.Write(certificate.Export(X509ContentType.Pfx));
    }

    /// <summary>Loads a certificate with its private key.</summary>
    /// <exception cref="CryptographicException">The file is missing, no such certificate, or of a certificate that has expired or is not valid yet.</exception>
    public static X509Certificate2 Load(string path)
    {
        var certificate = X509CertificateLoader.LoadPkcs12FromFile(path, password: null);
        if (IsValid(certificate, DateTimeOffset.UtcNow))
            return certificate;
        var (begin, end) = (certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime());
        certificate.Dispose();
        throw new CryptographicException(FormattableString.Invariant($"The certificate {path} is valid from {begin:u} to {end:u}, and it is {DateTime.UtcNow:u}. 'Cluster certificate <file>' creates another one, for all processes of the cluster."));
    }

    /// <summary>Returns true if the certificate of the other end of a connection is that of this end, and is valid at a time.</summary>
    public static bool AreEqualAndValid(X509Certificate2 shown, X509Certificate2 own, DateTimeOffset time) => shown.RawDataMemory.Span.SequenceEqual(own.RawDataMemory.Span) && IsValid(own, time);

    private static bool IsValid(X509Certificate2 certificate, DateTimeOffset time) => time >= certificate.NotBefore.ToUniversalTime() && time <= certificate.NotAfter.ToUniversalTime();
}
