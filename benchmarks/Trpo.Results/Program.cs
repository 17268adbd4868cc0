using System.CommandLine;
using System.Globalization;
using Trpo.Results;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

// A training ends within an iteration, an evaluation within a step.
var configuration = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) };
return await CommandLine.Create().Parse(args).InvokeAsync(configuration);
