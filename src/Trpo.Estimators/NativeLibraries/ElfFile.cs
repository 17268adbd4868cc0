using System.Buffers.Binary;

namespace Trpo.Estimators.NativeLibraries;

/// <summary>Linux's format of native libraries, as far as it tells whether a file is complete.</summary>
internal static class ElfFile
{
    private const int HeaderLength = 64;

    /// <summary>
    /// Whether a file has all that its header speaks of. The loader maps a library without looking, and a process that touches a page beyond the
    /// end of the file ends without a word.
    /// </summary>
    public static bool IsComplete(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> header = stackalloc byte[HeaderLength];
        if (file.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false) < HeaderLength)
            return false;

        // The section table stands at the end of what a linker writes (System V ABI: e_shoff, e_shentsize, e_shnum).
        var table = BinaryPrimitives.ReadInt64LittleEndian(header[0x28..]);
        var size = BinaryPrimitives.ReadUInt16LittleEndian(header[0x3A..]);
        var count = BinaryPrimitives.ReadUInt16LittleEndian(header[0x3C..]);
        return table >= 0 && table <= file.Length - ((long)size * count);
    }
}
