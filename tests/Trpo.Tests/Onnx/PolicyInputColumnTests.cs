using Microsoft.ML;
using Trpo.Onnx.Rows;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx;

public sealed class PolicyInputColumnTests
{
    private const string Key = "trpo.input_columns";

    [Test]
    public void The_raw_columns_are_read_back_unchanged()
    {
        var schema = ChainRow.View(new MLContext(seed: 1), []).Schema;
        var read = PolicyMetadataFormat.Read(new Dictionary<string, string>(PolicyMetadataFormat.Write(Metadata([.. PolicySchema.GetInputColumns(schema)])))).InputColumns;

        Assert.That(read, Has.Length.EqualTo(13));
        Assert.That(read.Take(6), Is.EqualTo(new PolicyInputColumn[]
        {
            new("Color", PolicyInputType.Text),
            new("Tags", PolicyInputType.Text, 2),
            new("Speed", PolicyInputType.Single),
            new("Weight", PolicyInputType.Double),
            new("Position", PolicyInputType.Single, 3),
            new("Forces", PolicyInputType.Double, 3),
        }));
        Assert.That(read[^1], Is.EqualTo(new PolicyInputColumn("Zones", PolicyInputType.Key, 2, 4)));
        Assert.That(PolicySchema.Create(read).Select(column => (column.Name, column.Type)), Is.EqualTo(schema.Select(column => (column.Name, column.Type))));
    }

    [Test]
    public void The_raw_columns_are_described_as_JSON() =>
        Assert.That(new Dictionary<string, string>(PolicyMetadataFormat.Write(Metadata(new("A", PolicyInputType.UInt16), new("B", PolicyInputType.Key, 2, 3))))[Key], Is.EqualTo("""[{"name":"A","type":"uint16"},{"name":"B","type":"key","length":2,"key_count":3}]"""));

    [Test]
    public void Metadata_without_them_are_read()
    {
        var pairs = new Dictionary<string, string>(PolicyMetadataFormat.Write(Metadata()));

        Assert.That(pairs, Does.Not.ContainKey(Key));
        Assert.That(PolicyMetadataFormat.Read(pairs).InputColumns, Is.Empty);
    }

    [TestCase("""[{"name":"","type":"single"}]""")]
    [TestCase("""[{"type":"single"}]""")]
    [TestCase("""[{"name":"A","type":"quaternion"}]""")]
    [TestCase("""[{"name":"A","type":99}]""")]
    [TestCase("""[{"name":"A","type":"single","length":0}]""")]
    [TestCase("""[{"name":"A","type":"key"}]""")]
    [TestCase("""[{"name":"A","type":"key","key_count":0}]""")]
    [TestCase("""[{"name":"A","type":"single","key_count":3}]""")]
    [TestCase("""[{"name":"A","type":"single"},{"name":"A","type":"double"}]""")]
    [TestCase("""[null]""")]
    [TestCase("null")]
    [TestCase("{}")]
    [TestCase("")]
    public void Malformed_columns_are_refused(string description)
    {
        var pairs = new Dictionary<string, string>(PolicyMetadataFormat.Write(Metadata())) { [Key] = description };

        Assert.That(() => PolicyMetadataFormat.Read(pairs), Throws.TypeOf<InvalidDataException>().With.Message.Contains("no valid spaces or columns"));
    }

    private static PolicyMetadata Metadata(params PolicyInputColumn[] columns) =>
        new(ObservationSpace.Unbounded(2), ActionSpace.Discrete(2), [], columns);
}
