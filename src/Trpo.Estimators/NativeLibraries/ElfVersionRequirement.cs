using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Trpo.Estimators.NativeLibraries;

/// <summary>
/// The requirement of <c>GLIBCXX_3.4.32</c> by TorchSharp's Linux binding. The C++ runtimes of Debian 12 and Ubuntu 22.04 lack that version, and the binding needs it only
/// for a marker symbol without references. In a copy of the binding the requirement is made weak (<c>VER_FLG_WEAK</c> of ELF), which the loader accepts; the binding in the
/// package is not changed.
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

    /// <summary>Loads a copy of a library in which the requirement is weak.</summary>
    /// <param name="library">The path of the library.</param>
    /// <param name="handle">The handle of the copy.</param>
    /// <returns>True if the copy is loaded; false if the library has no such requirement.</returns>
    /// <exception cref="IOException">The copy cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder for temporary files may not be written to.</exception>
    /// <exception cref="DllNotFoundException">The copy does not load.</exception>
    public static bool TryLoadRelaxed(string library, out nint handle)
    {
        handle = 0;
        var image = File.ReadAllBytes(library);
        if (!TryRelax(image))
            return false;
        var folder = Directory.CreateTempSubdirectory("trpo-native-");
        try
        {
            var copy = Path.Combine(folder.FullName, Path.GetFileName(library));
            File.WriteAllBytes(copy, image);
            handle = NativeLibrary.Load(copy);
            return true;
        }
        finally
        {
            // A loaded library stays mapped after its file is deleted.
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Sets the weak flag of the requirement in an ELF-64 image.</summary>
    /// <returns>True if the flag is set; false if the image has no such requirement, or is malformed.</returns>
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
            // An offset points outside the image.
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

    // Elf64_Verneed: version, count, file, auxiliary, next. Elf64_Vernaux: hash, flags, other, name, next. The section's info is the number of Verneed entries.
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

    private static int Offset(ReadOnlySpan<byte> image, int offset) => checked((int)BinaryPrimitives.ReadInt64LittleEndian(image[offset..]));

    private static int Distance(ReadOnlySpan<byte> image, int offset) => checked((int)U32(image, offset));

    private static ushort U16(ReadOnlySpan<byte> image, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(image[offset..]);

    private static uint U32(ReadOnlySpan<byte> image, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(image[offset..]);
}
