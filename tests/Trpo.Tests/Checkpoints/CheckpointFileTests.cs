using System.Buffers.Binary;
using System.Security.Cryptography;
using Trpo.Estimators;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Onnx.Files;
using Trpo.Runtime.Randomness;
using Trpo.Tests.Support;

namespace Trpo.Tests.Checkpoints;

/// <summary>Reading checkpoints that are damaged, by chance or on purpose: an exception and nothing else.</summary>
public sealed class CheckpointFileTests
{
    // The header: mark, version and length, then the digest.
    private const int VersionOffset = 8;
    private const int DigestPlace = 20;
    private const int ContentPlace = 52;

    private static readonly TrpoOptions Small = new()
    {
        TotalSteps = 400,
        StepsPerIteration = 100,
        HiddenLayers = [4],
        Seed = 3,
        ReusedIterations = 1,
        NormalizeObservations = true,
        Health = new() { MaxRollbacks = 1 },
    };

    private TemporaryFolder _folder = null!;
    private byte[] _checkpoint = null!;

    [OneTimeSetUp]
    public void WriteACheckpoint()
    {
        _folder = new TemporaryFolder();
        Training().Piece(_folder.PathOf("written"), cancelAfter: 250);
        _checkpoint = File.ReadAllBytes(Directory.GetFiles(_folder.PathOf("written"), "*.checkpoint").Order(StringComparer.Ordinal).Last());
    }

    [OneTimeTearDown]
    public void DeleteTheFolder() => _folder.Dispose();

    [Test]
    public void A_file_round_trips_bit_for_bit()
    {
        var content = new CheckpointContent();
        content.Add("numbers", writer => writer.WriteSpan<double>([1.5, -0.0, double.Epsilon]));
        content.Add("nothing", _ => { });
        var path = _folder.PathOf("one.checkpoint");
        CheckpointFile.Write(DiskFileSystem.Instance, path, content);
        var read = CheckpointFile.Read(path);
        double[] numbers = [];
        read.Restore("numbers", reader => numbers = reader.ReadArray<double>("numbers"));

        Assert.That(numbers.Select(BitConverter.DoubleToInt64Bits), Is.EqualTo(new[] { 1.5, -0.0, double.Epsilon }.Select(BitConverter.DoubleToInt64Bits)));
        Assert.That(() => read.Restore("nothing", _ => { }), Throws.Nothing);
        Assert.That(() => read.Restore("numbers", reader => reader.ReadInt32()), Throws.TypeOf<CheckpointException>().With.Message.Contains("left over"));
        Assert.That(() => read.Restore("numbers", reader => reader.ReadSpan(new double[2], "weights")), Throws.TypeOf<CheckpointException>().With.Message.Contains("3 weights"));
        Assert.That(() => read.Restore("other", _ => { }), Throws.TypeOf<CheckpointException>().With.Message.Contains("no other"));
    }

    [Test]
    public void Another_format_version_is_refused_and_named()
    {
        var bytes = _checkpoint.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(VersionOffset), 7);
        var path = Write(Sealed(bytes));

        Assert.That(() => CheckpointFile.Read(path), Throws.TypeOf<CheckpointException>().With.Message.Contains("format 7").And.Message.Contains($"format {CheckpointFile.Version}").And.Message.Contains("start a new run"));
    }

    [Test]
    public void Thousands_of_mutations_are_refused()
    {
        var random = new RandomSource(1);
        for (var i = 0; i < 3_000; i++)
        {
            var path = Write(Mutated(_checkpoint, random));
            if (File.ReadAllBytes(path).AsSpan().SequenceEqual(_checkpoint))
                continue;

            Assert.That(() => CheckpointFile.Read(path), Throws.TypeOf<InvalidDataException>().With.Message.Contains(path), $"mutation {i}");
        }
    }

    [Test]
    public void Mutations_with_a_valid_checksum_are_refused_or_restore_a_valid_state()
    {
        // The checksum is valid, so that the checks of the parts must detect the damage, without exceeding memory or bounds.
        var random = new RandomSource(2);
        var (refused, accepted) = (0, 0);
        for (var i = 0; i < 400; i++)
        {
            var content = Mutated(_checkpoint[ContentPlace..], random);
            byte[] bytes = [.. _checkpoint[..ContentPlace], .. content];
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(VersionOffset + sizeof(int)), content.Length);
            var folder = _folder.PathOf("mutated");
            Directory.CreateDirectory(folder);
            File.WriteAllBytes(Path.Combine(folder, "00000001.checkpoint"), Sealed(bytes));
            try
            {
                Training().Piece(folder, cancelAfter: 1);
                accepted++;
            }
            catch (CheckpointException)
            {
                refused++;
            }

            Directory.Delete(folder, recursive: true);
        }

        TestContext.Out.WriteLine($"{refused} refused, {accepted} accepted");
        Assert.That(refused, Is.GreaterThan(100));
    }

    private static ResumedTraining Training() => new(() => new CartPole(), Small, count: 2);

    private string Write(byte[] bytes)
    {
        var path = _folder.PathOf("mutated.checkpoint");
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private static byte[] Sealed(byte[] bytes)
    {
        bytes.AsSpan(DigestPlace, SHA256.HashSizeInBytes).Clear();
        SHA256.HashData(bytes).CopyTo(bytes, DigestPlace);
        return bytes;
    }

    private static byte[] Mutated(byte[] original, RandomSource random)
    {
        var bytes = original.ToList();
        for (var changes = 1 + random.NextInt(4); changes > 0 && bytes.Count > 0; changes--)
        {
            // The beginning holds most of the structure.
            var place = random.NextInt(random.NextInt(2) == 0 ? Math.Min(bytes.Count, 400) : bytes.Count);
            switch (random.NextInt(6))
            {
                case 0:
                    bytes[place] ^= (byte)(1 << random.NextInt(8));
                    break;
                case 1:
                    bytes[place] = (byte)random.NextInt(256);
                    break;
                case 2:
                    bytes.RemoveRange(place, Math.Min(1 + random.NextInt(16), bytes.Count - place));
                    break;
                case 3:
                    bytes.InsertRange(place, Enumerable.Repeat((byte)random.NextInt(256), 1 + random.NextInt(16)));
                    break;
                case 4:
                    bytes.RemoveRange(place, bytes.Count - place);
                    break;
                default:
                    for (var i = place; i < Math.Min(place + 4, bytes.Count); i++)
                        bytes[i] = 0xFF;
                    break;
            }
        }

        return [.. bytes];
    }
}
