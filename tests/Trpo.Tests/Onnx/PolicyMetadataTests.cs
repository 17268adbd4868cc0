using Trpo.Runtime.Graph;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Onnx;

public sealed class PolicyMetadataTests
{
    private const string ActionKey = "trpo.action_space";

    [Test]
    public void Multi_discrete_actions_are_read_back_unchanged()
    {
        var actions = (MultiDiscreteActionSpace)RoundTrip(ActionSpace.MultiDiscrete([3, 1, 2], "gear", "horn", "pedal"));

        Assert.That(actions.Counts, Is.EqualTo(new[] { 3, 1, 2 }));
        Assert.That(actions.Names, Is.EqualTo(new[] { "gear", "horn", "pedal" }));
    }

    [Test]
    public void Multi_binary_actions_are_read_back_unchanged()
    {
        var actions = RoundTrip(ActionSpace.MultiBinary("light", "Lüfter"));

        Assert.That(actions, Is.TypeOf<MultiBinaryActionSpace>());
        Assert.That(actions.Names, Is.EqualTo(new[] { "light", "Lüfter" }));
    }

    [Test]
    public void The_actions_are_described_as_JSON()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Written(ActionSpace.MultiDiscrete([3, 2]))[ActionKey], Is.EqualTo("""{"type":"multi_discrete","names":["0","1"],"counts":[3,2]}"""));
            Assert.That(Written(ActionSpace.MultiBinary(2))[ActionKey], Is.EqualTo("""{"type":"multi_binary","names":["0","1"]}"""));
            Assert.That(Written(ActionSpace.Discrete(2))[ActionKey], Is.EqualTo("""{"type":"discrete","names":["0","1"]}"""));
        });
    }

    [Test]
    public void Dimensions_without_names_are_numbered() =>
        Assert.That(Read("""{"type":"multi_discrete","counts":[3,2]}""").Actions.Names, Is.EqualTo(new[] { "0", "1" }));

    [TestCase("""{"type":"multi_discrete"}""")]
    [TestCase("""{"type":"multi_discrete","names":["gear","pedal"]}""")]
    [TestCase("""{"type":"multi_discrete","counts":[]}""")]
    [TestCase("""{"type":"multi_discrete","counts":[3,0]}""")]
    [TestCase("""{"type":"multi_discrete","counts":[3,-2]}""")]
    [TestCase("""{"type":"multi_discrete","counts":[3,1.5]}""")]
    [TestCase("""{"type":"multi_discrete","counts":[3000000000]}""")]
    [TestCase("""{"type":"multi_discrete","counts":[2000000000,2000000000]}""")]
    [TestCase("""{"type":"multi_discrete","counts":3}""")]
    [TestCase("""{"type":"multi_discrete","counts":[3,2],"names":["gear"]}""")]
    [TestCase("""{"type":"multi_discrete","counts":[3,2],"names":["gear","gear"]}""")]
    [TestCase("""{"type":"multi_discrete","counts":[3,2],"names":["gear",null]}""")]
    [TestCase("""{"type":"multi_binary"}""")]
    [TestCase("""{"type":"multi_binary","names":[]}""")]
    [TestCase("""{"type":"multi_binary","names":["light","light"]}""")]
    [TestCase("""{"type":"multi_binary","names":[1]}""")]
    [TestCase("""{"type":"multi","names":["light"]}""")]
    [TestCase("""{"names":["light"]}""")]
    [TestCase("null")]
    [TestCase("")]
    public void Malformed_actions_are_refused(string description) =>
        Assert.That(() => Read(description), Throws.TypeOf<InvalidDataException>().With.Message.Contains("no valid spaces"));

    [TestCase("false", "can only be 'true'")]
    [TestCase("5", "can only be 'true'")]
    [TestCase("", "can only be 'true'")]
    public void The_metadata_records_whether_there_is_a_mask(string value, string message)
    {
        var pairs = new Dictionary<string, string>(Written(ActionSpace.Discrete(2)));
        Assert.That(PolicyMetadataFormat.Read(pairs).HasActionMask, Is.False);
        pairs["trpo.action_mask"] = "true";
        Assert.That(PolicyMetadataFormat.Read(pairs).HasActionMask, Is.True);
        pairs["trpo.action_mask"] = value;
        Assert.That(() => PolicyMetadataFormat.Read(pairs), Throws.TypeOf<InvalidDataException>().With.Message.Contains(message));
    }

    [Test]
    public void Only_choices_are_masked()
    {
        var pairs = new Dictionary<string, string>(Written(ActionSpace.MultiBinary(2))) { ["trpo.action_mask"] = "true" };

        Assert.That(() => PolicyMetadataFormat.Read(pairs), Throws.TypeOf<InvalidDataException>().With.Message.Contains("the actions are MultiBinary(2)"));
    }

    private static ActionSpace RoundTrip(ActionSpace actions) => PolicyMetadataFormat.Read(Written(actions)).Actions;

    private static PolicyMetadata Read(string description) =>
        PolicyMetadataFormat.Read(new Dictionary<string, string>(Written(ActionSpace.Discrete(2))) { [ActionKey] = description });

    private static Dictionary<string, string> Written(ActionSpace actions) => new(PolicyMetadataFormat.Write(Support.Policies.Metadata(actions)));
}
