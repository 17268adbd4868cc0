using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Trpo.Estimators.NativeLibraries;

/// <summary>
/// TorchSharp's Linux binding asks for <c>GLIBCXX_3.4.32</c>, which the C++ runtimes of Debian 12 and Ubuntu 22.04 lack, for the
/// sake of one marker symbol that nothing refers to. In a copy of the binding that one requirement is made weak (ELF's
/// <c>VER_FLG_WEAK</c>), which the loader accepts; the binding in the package stays as it is.
/// </summary>
internal static class ElfVersionRequirement
{
    private const string Version = "GLIBCXX_3.4.32";

    // ELF-64 layout (System V ABI; Linux Standard Base, symbol versioning).
    private const int SectionTableOffset = 0x28;
    private const int SectionSizeOffset = 0x3A;
    private const int SectionCountOffset = 0x3C;
    private const int SectionType = 0x04;
    private const int SectionOffset = 0x18;
    private const int SectionLink = 0x28;
    private const int SectionInfo = 0x2C;
    private const uint VersionNeeds = 0x6ffffffe;
    private const ushort Weak = 0x2;

    /// <summary>Loads a copy of the library in which the requirement is weak; false where it has no such requirement.</summary>
    /// <exception cref="IOException">No folder can be written to.</exception>
    /// <exception cref="UnauthorizedAccessException">No folder may be written to.</exception>
    /// <exception cref="DllNotFoundException">The copy does not load either.</exception>
    public static bool TryLoadRelaxed(string library)
    {
        var image = File.ReadAllBytes(library);
        if (!TryRelax(image))
            return false;
        var folder = Directory.CreateTempSubdirectory("trpo-native-");
        try
        {
            var copy = Path.Combine(folder.FullName, Path.GetFileName(library));
            File.WriteAllBytes(copy, image);
            NativeLibrary.Load(copy);
            return true;
        }
        finally
        {
            // A loaded library stays mapped when its file is gone.
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Sets the weak flag of the requirement in an ELF-64 image; false where the image has none, or is not as it should be.</summary>
    internal static bool TryRelax(Span<byte> image)
    {
        ReadOnlySpan<byte> magic = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1];
        if (!image.StartsWith(magic))
            return false;
        try
        {
            return TryRelaxSections(image);
        }
        catch (Exception exception) when (exception is ArgumentOutOfRangeException or OverflowException)
        {
            // An offset leads out of the image.
            return false;
        }
    }

    private static bool TryRelaxSections(Span<byte> image)
    {
        var table = Offset(image, SectionTableOffset);
        var size = U16(image, SectionSizeOffset);
        var count = U16(image, SectionCountOffset);
        var relaxed = false;
        for (var i = 0; i < count; i++)
        {
            var section = table + (i * size);
            if (U32(image, section + SectionType) != VersionNeeds)
                continue;
            var strings = Offset(image, table + ((int)U32(image, section + SectionLink) * size) + SectionOffset);
            relaxed |= TryRelaxSection(image, Offset(image, section + SectionOffset), strings, (int)U32(image, section + SectionInfo));
        }

        return relaxed;
    }

    // Elf64_Verneed: version, count, file, auxiliary, next. Elf64_Vernaux: hash, flags, other, name, next. The section's info is the number of needs.
    private static bool TryRelaxSection(Span<byte> image, int needs, int strings, int count)
    {
        var relaxed = false;
        var need = needs;
        for (var i = 0; i < Math.Min(count, image.Length); i++)
        {
            var entry = need + Distance(image, need + 8);
            for (var j = 0; j < U16(image, need + 2); j++)
            {
                if (HasName(image, strings + Distance(image, entry + 8)))
                {
                    BinaryPrimitives.WriteUInt16LittleEndian(image[(entry + 4)..], (ushort)(U16(image, entry + 4) | Weak));
                    relaxed = true;
                }

                entry += Distance(image, entry + 12);
            }

            need += Distance(image, need + 12);
        }

        return relaxed;
    }

    private static bool HasName(ReadOnlySpan<byte> image, int offset) =>
        image[offset..].StartsWith(Encoding.ASCII.GetBytes(Version + '\0'));

    private static int Offset(ReadOnlySpan<byte> image, int place) => checked((int)BinaryPrimitives.ReadInt64LittleEndian(image[place..]));

    private static int Distance(ReadOnlySpan<byte> image, int place) => checked((int)U32(image, place));

    private static ushort U16(ReadOnlySpan<byte> image, int place) => BinaryPrimitives.ReadUInt16LittleEndian(image[place..]);

    private static uint U32(ReadOnlySpan<byte> image, int place) => BinaryPrimitives.ReadUInt32LittleEndian(image[place..]);
}
