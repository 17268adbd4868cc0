using System.Diagnostics;
using System.Globalization;
using Trpo.Runtime;

// Opens the policy of a file, acts on an observation of 0.01, 0.02, ..., and prints the action and the score, then the time since the process began.
var policy = Policy.Open(args[0]);
float[] observation = [.. Enumerable.Range(1, policy.ObservationLength).Select(i => 0.01f * i)];
var (action, score) = (new float[policy.Metadata.Actions.Length], new float[policy.Metadata.Actions.ScoreLength]);
policy.Evaluate(observation, action, score);
var elapsed = DateTime.Now - Process.GetCurrentProcess().StartTime;
Console.WriteLine(string.Join(' ', action.Concat(score).Select(value => value.ToString("G6", CultureInfo.InvariantCulture))));
observation[0] = float.NaN;
policy.Evaluate(observation, action, score);
Console.WriteLine(score.All(float.IsNaN) ? "A missing value gives a missing action." : "A missing value was overlooked.");
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{elapsed.TotalMilliseconds:F0}"));
