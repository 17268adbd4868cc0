using Trpo.Runtime;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx;

/// <summary>The use of a policy without native libraries, as docs/deployment.md shows it.</summary>
public sealed class DocumentedPolicyTests
{
    [Test]
    public void The_documented_way_to_act_without_native_libraries_works()
    {
        using var folder = new TemporaryFolder();
        var path = folder.PathOf("policy.onnx");
        File.WriteAllBytes(path, Support.Policies.Onnx(Support.Policies.Choices));
        float[] observation = [0.1f, -0.2f, 0.3f, 0.4f];
        float[] observations = [.. observation, .. observation];
        var (actions, scores) = (new float[2], new float[6]);

        var policy = Policy.Open(path);
        var action = policy.Act(observation);                  // from 0; -1 if the observation has a NaN
        policy.Evaluate(observations, actions, scores);        // any number of rows, one behind the other

        Assert.That(actions, Is.All.EqualTo(action));
        Assert.That(scores[..3].Sum(), Is.EqualTo(1).Within(1e-6));
    }
}
