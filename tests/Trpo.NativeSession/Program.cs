using System.Diagnostics;
using System.Globalization;
using Trpo.Onnx;

// Opens the policy of a file as a session, acts on an observation of 0.01, 0.02, ..., and prints the action and the score, what becomes of a missing value and of the same observation in an
// object, then the time since the process began.
using var session = PolicySession.Open(args[0]);
using var batch = session.CreateBatch(1);
var observation = batch.Observation(0);
for (var i = 0; i < observation.Length; i++)
    observation[i] = 0.01f * (i + 1);
batch.Run(1);
var elapsed = DateTime.Now - Process.GetCurrentProcess().StartTime;
float[] action = batch.IsDiscrete ? [batch.Choice(0)] : batch.Action(0).ToArray();
Console.WriteLine(string.Join(' ', action.Concat(batch.Score(0).ToArray()).Select(value => value.ToString("G6", CultureInfo.InvariantCulture))));
var acted = new float[action.Length];
session.ActOn(new Row(observation.ToArray()), acted);
observation[0] = float.NaN;
batch.Run(1);
Console.WriteLine(batch.Score(0).ToArray().All(float.IsNaN) && session.Engine == PolicyEngine.Managed ? "A missing value gives a missing action." : "A missing value was overlooked.");
Console.WriteLine(acted.SequenceEqual(action) ? "The object has the same action." : "The object has another action.");
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{elapsed.TotalMilliseconds:F0}"));

/// <summary>An observation as an application has it.</summary>
internal sealed record Row(float[] Observation);
