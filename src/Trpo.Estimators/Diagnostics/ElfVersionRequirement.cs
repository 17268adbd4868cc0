using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Trpo.Estimators.Diagnostics;

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
    private const uint VersionNeeds = 0x6ffffffe;
    private const ushort Weak = 0x2;

    /// <summary>Loads a copy of the library in which the requirement is weak; false where that does not help either.</summary>
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
            return NativeLibrary.TryLoad(copy, out _);
        }
        finally
        {
            // A loaded library stays mapped when its file is gone.
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Sets the weak flag of the requirement in an ELF-64 image; false where the image has no such requirement.</summary>
    internal static bool TryRelax(Span<byte> image)
    {
        ReadOnlySpan<byte> magic = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1];
        if (!image.StartsWith(magic))
            return false;
        var table = (int)BinaryPrimitives.ReadInt64LittleEndian(image[SectionTableOffset..]);
        var size = U16(image, SectionSizeOffset);
        var count = U16(image, SectionCountOffset);
        var relaxed = false;
        for (var i = 0; i < count; i++)
        {
            var section = table + (i * size);
            if (U32(image, section + 4) != VersionNeeds)
                continue;
            var strings = Offset(image, table + ((int)U32(image, section + 0x28) * size));
            relaxed |= TryRelaxSection(image, Offset(image, section), strings);
        }

        return relaxed;
    }

    // Elf64_Verneed: version, count, file, auxiliary, next. Elf64_Vernaux: hash, flags, other, name, next.
    private static bool TryRelaxSection(Span<byte> image, int needs, int strings)
    {
        var relaxed = false;
        for (var need = needs; ; need += (int)U32(image, need + 12))
        {
            var entry = need + (int)U32(image, need + 8);
            for (var i = 0; i < U16(image, need + 2); i++)
            {
                if (HasName(image, strings + (int)U32(image, entry + 8)))
                {
                    BinaryPrimitives.WriteUInt16LittleEndian(image[(entry + 4)..], (ushort)(U16(image, entry + 4) | Weak));
                    relaxed = true;
                }

                entry += (int)U32(image, entry + 12);
            }

            if (U32(image, need + 12) == 0)
                return relaxed;
        }
    }

    private static bool HasName(ReadOnlySpan<byte> image, int offset) =>
        image[offset..].StartsWith(Encoding.ASCII.GetBytes(Version + '\0'));

    private static int Offset(ReadOnlySpan<byte> image, int section) => (int)BinaryPrimitives.ReadInt64LittleEndian(image[(section + 0x18)..]);

    private static ushort U16(ReadOnlySpan<byte> image, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(image[offset..]);

    private static uint U32(ReadOnlySpan<byte> image, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(image[offset..]);
}
