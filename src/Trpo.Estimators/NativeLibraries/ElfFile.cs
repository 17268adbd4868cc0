using System.Buffers.Binary;

namespace Trpo.Estimators.NativeLibraries;

/// <summary>The check for truncated native libraries of Linux (ELF).</summary>
internal static class ElfFile
{
    private const int HeaderLength = 64;

    /// <summary>
    /// Returns true if a file is as long as its header requires. The loader maps a truncated library without an error, and the process is killed without a message
    /// when it touches a page beyond the end of the file.
    /// </summary>
    public static bool IsComplete(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> header = stackalloc byte[HeaderLength];
        if (file.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false) < HeaderLength)
            return false;

        // Linkers write the section table at the end of the file (System V ABI: e_shoff, e_shentsize, e_shnum).
        var table = BinaryPrimitives.ReadInt64LittleEndian(header[0x28..]);
        var size = BinaryPrimitives.ReadUInt16LittleEndian(header[0x3A..]);
        var count = BinaryPrimitives.ReadUInt16LittleEndian(header[0x3C..]);
        return table >= 0 && table <= file.Length - ((long)size * count);
    }
}
