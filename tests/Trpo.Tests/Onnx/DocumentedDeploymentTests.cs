using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Trpo.Onnx;
using Trpo.Runtime;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx;

/// <summary>The places where a policy runs, as docs/deployment.md shows them.</summary>
public sealed class DocumentedDeploymentTests
{
    private static readonly float[] Observation = [0.1f, -0.2f, 0.3f, 0.4f];

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void The_documented_program_works()
    {
        var (path, observation) = (Export(), Observation);

        using var session = PolicySession.Open(path);
        using var batch = session.CreateBatch(capacity: 1);
        observation.CopyTo(batch.Observation(0));
        batch.Run(1);
        var action = batch.Choice(0);                          // from 0; -1 if the observation has a NaN

        Assert.That(action, Is.EqualTo(Policy.Open(path).Act(Observation)));
    }

    [Test]
    public async Task The_documented_way_from_bytes_works()
    {
        var (path, observation) = (Export(), Observation);
        Task<byte[]> Download() => File.ReadAllBytesAsync(path);

        var policy = Policy.Open(await Download());            // in a browser: HttpClient.GetByteArrayAsync
        var action = policy.Act(observation);

        Assert.That(action, Is.InRange(0, 2));
    }

    [Test]
    public void The_documented_trimmed_program_works()
    {
        var (path, observation) = (Export(), Observation);
        var action = -1;

        if (Policy.TryOpen(File.ReadAllBytes(path), out var policy))
            action = policy.Act(observation);
        else
            throw new NotSupportedException($"{path} needs OnnxRuntime: reference Trpo.Onnx, and open it as a PolicySession.");

        Assert.That(action, Is.InRange(0, 2));
    }

    [Test]
    public void The_documented_way_without_this_library_works()
    {
        var path = Export();
        float[] observations = [.. Observation, .. Observation];

        using var session = new InferenceSession(path);
        using var input = OrtValue.CreateTensorValueFromMemory(observations, [2, 4]);
        using var run = new RunOptions();
        using var outputs = session.Run(run, ["observation"], [input], ["action", "score"]);
        var actions = outputs[0].GetTensorDataAsSpan<long>();  // from 0; check the scores for NaN

        Assert.That(actions.ToArray(), Is.All.EqualTo(Policy.Open(path).Act(Observation)));
        Assert.That(outputs[1].GetTensorDataAsSpan<float>().Length, Is.EqualTo(6));
    }

    [Test]
    public void The_documented_pipeline_works()
    {
        var ml = new MLContext(seed: 1);
        var path = _folder.PathOf("model.zip");
        var rows = Support.Policies.View(ml, Support.Policies.Observations(20));
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        PolicyModel.Save(ml, policy, rows.Schema, path);

        var model = PolicyModel.Load(ml, path, out var inputSchema);
        var actions = model.Transform(rows).GetColumn<uint>("Action");   // keys, from 1; 0 is a missing action

        Assert.That(actions, Is.All.InRange(1, 3));
        Assert.That(inputSchema!["Observation"].Type, Is.InstanceOf<VectorDataViewType>());
    }

    [Test]
    public void Every_row_of_the_table_has_a_section_that_begins_with_code()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "deployment.md"));
        var sections = page.Split("\n## ").Skip(1).ToDictionary(section => section.Split('\n')[0], section => section.Split('\n', 2)[1].TrimStart());
        var titles = page.Split("\n## ")[0].Split('\n').Where(line => line.StartsWith("| [", StringComparison.Ordinal)).Select(line => line[3..line.IndexOf(']', StringComparison.Ordinal)]).ToList();

        Assert.That(titles, Has.Count.GreaterThanOrEqualTo(7));
        foreach (var title in titles)
            Assert.That(sections[title], Does.StartWith("```"), title);
    }

    private string Export()
    {
        var path = _folder.PathOf("policy.onnx");
        File.WriteAllBytes(path, Support.Policies.Onnx(Support.Policies.Choices));
        return path;
    }
}
