using System.Security.Cryptography;
using System.Text;
using Trpo.Estimators;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Runtime.Randomness;
using Trpo.Tests.Support;

namespace Trpo.Tests.Checkpoints;

/// <summary>Checkpoints with a right digest and one wrong number: training refuses them when it resumes, or trains to its end.</summary>
public sealed class CheckpointValueTests
{
    // The places of the digest and of the content in a file.
    private const int DigestPlace = 20;
    private const int ContentPlace = 52;

    private const string HealthyState = "last healthy state";

    private static readonly byte[][] WrongNumbers =
    [
        BitConverter.GetBytes(0), BitConverter.GetBytes(-1), BitConverter.GetBytes(int.MaxValue), BitConverter.GetBytes(float.NaN), BitConverter.GetBytes(float.PositiveInfinity),
        BitConverter.GetBytes(0L), BitConverter.GetBytes(-1L), BitConverter.GetBytes(long.MaxValue), BitConverter.GetBytes(double.NaN), BitConverter.GetBytes(double.NegativeInfinity), BitConverter.GetBytes(1e300), BitConverter.GetBytes(-1e300),
    ];

    private static readonly TrpoOptions Small = new()
    {
        TotalSteps = 120,
        StepsPerIteration = 40,
        HiddenLayers = [2],
        Seed = 3,
        ReusedIterations = 1,
        EntropyBonus = 0.01,
        StaggerStarts = true,
        Health = new() { MaxRollbacks = 1 },
    };

    private static IEnumerable<TestCaseData> Trainings()
    {
        yield return new TestCaseData(() => new TimeLimit(new CartPole(), 30), Small with { NormalizeObservations = true }).SetArgDisplayNames("choices");
        yield return new TestCaseData(() => new Pendulum(), Small with { BootstrapTruncated = false }).SetArgDisplayNames("continuous actions");
        yield return new TestCaseData(() => new TimeLimit(new CartPole(), 5), Small with { Evaluation = new() { Every = 40, Episodes = 1, KeepBest = true } }).SetArgDisplayNames("evaluations");
    }

    [TestCaseSource(nameof(Trainings))]
    public void A_wrong_number_is_refused_or_trained_with(Func<IEnvironment> environment, TrpoOptions options)
    {
        using var folder = new TemporaryFolder();
        ResumedTraining Training() => new(environment, options, count: 2);
        Training().Piece(folder.PathOf("written"), cancelAfter: 90);
        var checkpoint = File.ReadAllBytes(Directory.GetFiles(folder.PathOf("written"), "*.checkpoint").Order(StringComparer.Ordinal).Last());

        var (refused, accepted) = (0, 0);
        var faults = new List<string>();
        foreach (var (place, number, description) in Mutations(checkpoint))
        {
            var bytes = checkpoint.ToArray();
            number.CopyTo(bytes, place);
            bytes.AsSpan(DigestPlace, SHA256.HashSizeInBytes).Clear();
            SHA256.HashData(bytes).CopyTo(bytes, DigestPlace);
            var mutated = folder.PathOf("mutated");
            Directory.CreateDirectory(mutated);
            File.WriteAllBytes(Path.Combine(mutated, "00000001.checkpoint"), bytes);
            try
            {
                Training().Piece(mutated);
                accepted++;
            }
            catch (CheckpointException)
            {
                refused++;
            }
            catch (Exception exception)
            {
                faults.Add($"{description}: {exception.GetType().Name}: {exception.Message}");
            }

            Directory.Delete(mutated, recursive: true);
        }

        TestContext.Out.WriteLine($"{refused} refused, {accepted} trained with");
        Assert.That(faults, Is.Empty);

        // The sweep meets both. Most places hold floating-point numbers, where every finite one is a number that a training may have written.
        Assert.That(refused, Is.GreaterThan(accepted / 2));
        Assert.That(accepted, Is.GreaterThan(refused / 10));
    }

    // About twenty of every state, and more of the rows, which are the longest.
    private static IEnumerable<(int Place, byte[] Number, string Description)> Mutations(byte[] checkpoint)
    {
        var random = new RandomSource(5);
        foreach (var (name, start, length) in States(checkpoint, "", ContentPlace))
        {
            var one = name == "shard 0" ? 80 : Math.Max(16, length / 6);
            for (var offset = 0; offset + sizeof(int) <= length; offset += sizeof(int))
            {
                foreach (var number in WrongNumbers)
                {
                    if (offset + number.Length <= length && random.NextInt(one) == 0)
                        yield return (start + offset, number, $"{Convert.ToHexString(number)} at {offset} of the {length} bytes of {name}");
                }
            }
        }
    }

    // The named states of a content as CheckpointContent.ToArray writes it, those of the last healthy state each for itself.
    private static IEnumerable<(string Name, int Start, int Length)> States(byte[] content, string prefix, int at)
    {
        using var reader = new BinaryReader(new MemoryStream(content), Encoding.UTF8);
        reader.BaseStream.Position = at;
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            var name = reader.ReadString();
            var length = reader.ReadInt32();
            var start = (int)reader.BaseStream.Position;
            if (name == HealthyState)
            {
                // The number of rollbacks, the iteration and the length precede the content.
                yield return (name, start, 12);
                foreach (var inner in States(content, $"{name}, ", start + 12))
                    yield return inner;
            }
            else
            {
                yield return (prefix + name, start, length);
            }

            reader.BaseStream.Position = start + length;
        }
    }
}
