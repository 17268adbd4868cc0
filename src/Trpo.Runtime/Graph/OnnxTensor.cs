using System.Runtime.InteropServices;

namespace Trpo.Runtime.Graph;

/// <summary>A constant tensor of an ONNX model as it is read.</summary>
internal sealed class OnnxTensor
{
    private readonly Dictionary<int, long> _counts = [];
    private readonly List<float> _singles = [];
    private readonly List<long> _integers = [];

    /// <summary>The name.</summary>
    public string Name { get; private set; } = "";

    /// <summary>The shape.</summary>
    public List<long> Dimensions { get; } = [];

    /// <summary>The type of the values.</summary>
    public OnnxElementType ElementType { get; private set; }

    /// <summary>The values as bytes; empty where they are in a list.</summary>
    public ReadOnlyMemory<byte> Raw { get; private set; }

    /// <summary>The place of the data: 0 for the model itself.</summary>
    public int Location { get; private set; }

    /// <summary>The number of values in all lists together.</summary>
    public long Listed => _counts.Values.Sum();

    /// <summary>Returns the number of values in the list with a number among the fields.</summary>
    public long ListedIn(int field) => _counts.GetValueOrDefault(field);

    /// <summary>Returns the values of a checked tensor of type float.</summary>
    public float[] Singles() => Raw.IsEmpty ? [.. _singles] : MemoryMarshal.Cast<byte, float>(Raw.Span).ToArray();

    /// <summary>Returns the values of a checked tensor of type int64.</summary>
    public long[] Integers() => Raw.IsEmpty ? [.. _integers] : MemoryMarshal.Cast<byte, long>(Raw.Span).ToArray();

    /// <summary>Reads a tensor.</summary>
    public static OnnxTensor Read(ReadOnlyMemory<byte> bytes)
    {
        var tensor = new OnnxTensor();
        var reader = new WireReader(bytes);
        while (!reader.IsAtEnd)
        {
            var (number, wireType) = reader.Tag();
            tensor.ReadField(ref reader, number, wireType);
        }

        return tensor;
    }

    /// <summary>Reads one integer, or a packed list of them.</summary>
    public static void ReadIntegers(ref WireReader reader, int wireType, List<long> integers)
    {
        if (wireType != 2)
        {
            integers.Add((long)reader.Varint());
            return;
        }

        var packed = new WireReader(reader.Content());
        while (!packed.IsAtEnd)
            integers.Add((long)packed.Varint());
    }

    private void ReadField(ref WireReader reader, int number, int wireType)
    {
        switch (number)
        {
            case 1:
                ReadIntegers(ref reader, wireType, Dimensions);
                break;
            case 2:
                ElementType = (OnnxElementType)(int)reader.Varint();
                break;
            case 4:
                ReadSingles(ref reader, wireType);
                _counts[number] = _singles.Count;
                break;
            case 5 or 11:
                _counts[number] = ListedIn(number) + CountIntegers(ref reader, wireType);
                break;
            case 6:
                reader.Content();
                _counts[number] = ListedIn(number) + 1;
                break;
            case 7:
                ReadIntegers(ref reader, wireType, _integers);
                _counts[number] = _integers.Count;
                break;
            case 8:
                Name = WireReader.Text(reader.Content().Span);
                break;
            case 9:
                Raw = reader.Content();
                break;
            case 10:
                _counts[number] = ListedIn(number) + (wireType == 2 ? reader.Content().Length / 8 : 1);
                if (wireType != 2)
                    reader.Skip(wireType);
                break;
            case 14:
                Location = (int)reader.Varint();
                break;
            default:
                reader.Skip(wireType);
                break;
        }
    }

    private void ReadSingles(ref WireReader reader, int wireType)
    {
        if (wireType != 2)
        {
            _singles.Add(reader.Single());
            return;
        }

        var packed = new WireReader(reader.Content());
        while (!packed.IsAtEnd)
            _singles.Add(packed.Single());
    }

    private static long CountIntegers(ref WireReader reader, int wireType)
    {
        if (wireType != 2)
        {
            reader.Varint();
            return 1;
        }

        var content = reader.Content().Span;

        // The last byte of each integer has no continuation bit.
        var count = 0L;
        foreach (var value in content)
            count += value < 0x80 ? 1 : 0;
        return count;
    }
}
