using System.Globalization;
using System.Runtime.Versioning;
using Trpo.Onnx;
using Trpo.Runtime;

// Prints the frameworks of the libraries and of the runtime, then the engine and the scores of each policy for an observation of 0.01, 0.02, ...
Console.WriteLine($"{Framework(typeof(Policy))} {Framework(typeof(PolicySession))} on {Environment.Version.Major}");
foreach (var path in args)
{
    using var session = PolicySession.Open(path);
    using var batch = session.CreateBatch(1);
    for (var i = 0; i < batch.Observation(0).Length; i++)
        batch.Observation(0)[i] = 0.01f * (i + 1);
    batch.Run(1);
    Console.WriteLine($"{session.Engine} {Text(batch.Score(0).ToArray())}");
    if (session.Engine == PolicyEngine.OnnxRuntime)
        continue;
    var policy = Policy.Open(path);
    var (action, score) = (new float[policy.Metadata.Actions.Length], new float[policy.Metadata.Actions.ScoreLength]);
    policy.Evaluate(batch.Observation(0), action, score);
    Console.WriteLine($"Policy {Text(score)}");
}

static string Framework(Type type) => ((TargetFrameworkAttribute)type.Assembly.GetCustomAttributes(typeof(TargetFrameworkAttribute), inherit: false)[0]).FrameworkName;

static string Text(float[] values) => string.Join(' ', values.Select(value => value.ToString("R", CultureInfo.InvariantCulture)));
