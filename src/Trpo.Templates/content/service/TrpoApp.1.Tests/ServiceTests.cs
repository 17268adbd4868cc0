using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Onnx.Hosting;
using TrpoApp._1.Training;

namespace TrpoApp._1.Tests;

public sealed class ServiceTests
{
    private static readonly Situation Busy = new() { Load = 800, Trend = 15, Replicas = 4, Starting = 0 };
    private static readonly Situation Idle = new() { Load = 150, Trend = -5, Replicas = 8, Starting = 0 };

    private string _folder = "";
    private string _path = "";
    private WebApplicationFactory<Program> _service = null!;
    private HttpClient _client = null!;

    [SetUp]
    public void Start()
    {
        _folder = Directory.CreateTempSubdirectory().FullName;
        _path = Path.Combine(_folder, "policy.onnx");
        Train(seed: 1);
        _service = new WebApplicationFactory<Program>().WithWebHostBuilder(host => host.UseSetting("Policy", _path));
        _client = _service.CreateClient();
    }

    [TearDown]
    public void Stop()
    {
        _client.Dispose();
        _service.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public async Task Busy_service_gets_a_replica_and_an_idle_one_loses_one()
    {
        Assert.That(await Act(Busy), Is.EqualTo("add"));
        Assert.That(await Act(Idle), Is.EqualTo("remove"));
    }

    [Test]
    public async Task Request_without_a_column_or_out_of_range_is_refused()
    {
        var incomplete = await _client.PostAsJsonAsync("/act", new { Load = 800 });
        var negative = await _client.PostAsJsonAsync("/act", new { Load = -1, Trend = 0, Replicas = 1, Starting = 0 });

        Assert.That(incomplete.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(negative.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [Test]
    public async Task New_version_of_the_file_is_served_without_a_restart()
    {
        var policy = _service.Services.GetRequiredService<PolicyHost>();
        var earlier = policy.Metadata;

        // The service looks every second; this look does not wait for it.
        Train(seed: 2);
        policy.Reload();

        Assert.That(policy.Metadata, Is.Not.SameAs(earlier));
        Assert.That(await Act(Busy), Is.EqualTo("add"));
    }

    [Test]
    public async Task Damaged_file_degrades_the_health_and_the_earlier_policy_is_served()
    {
        Assert.That(await _client.GetStringAsync("/health"), Is.EqualTo("Healthy"));

        await File.WriteAllTextAsync(_path, "no policy");
        _service.Services.GetRequiredService<PolicyHost>().Reload();

        Assert.That(await _client.GetStringAsync("/health"), Is.EqualTo("Degraded"));
        Assert.That(await Act(Busy), Is.EqualTo("add"));
    }

    private async Task<string> Act(Situation situation)
    {
        var response = await _client.PostAsJsonAsync("/act", situation);
        return (await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<Decision>())!.Action;
    }

    private void Train(int seed)
    {
        var ml = new MLContext(seed);
        var services = ml.ReinforcementLearning.LoadFromEnvironment(ScalingEnvironment.Create);
        ml.ReinforcementLearning.ExportToOnnx(PolicyTraining.Train(ml, services, steps: 20_000, seed), _path);
    }
}
