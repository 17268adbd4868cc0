using Trpo.Onnx.Hosting;
using TrpoApp._1;

var builder = WebApplication.CreateBuilder(args);
var path = Path.GetFullPath(builder.Configuration["Policy"] ?? "policy.onnx", builder.Environment.ContentRootPath);
if (!File.Exists(path))
{
    Console.Error.WriteLine($"There is no policy at {path}. Train one with the project TrpoApp.1.Training, whose argument is the path of the file.");
    return 1;
}

// The file is watched: a new version of it is served within a second.
var health = new PolicyHealthCheck();
builder.Services.AddPolicy(path, options => options.Changed = health.Report);
builder.Services.AddHealthChecks().AddCheck("policy", health);
builder.Services.AddValidation();

var app = builder.Build();

// Any number of requests may act at once.
app.MapPost("/act", (Situation situation, PolicyHost policy) => new Decision(policy.Metadata.Actions.Names[policy.ActOn(situation)]));
app.MapGet("/policy", (PolicyHost policy) => policy.Metadata.ToString());
app.MapHealthChecks("/health");

// A file that is no policy ends the service here, and not at the first request.
app.Services.GetRequiredService<PolicyHost>();
app.Run();
return 0;
