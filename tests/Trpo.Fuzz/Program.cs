using System.Globalization;
using Microsoft.ML;
using Trpo.Fuzz;
using Trpo.Onnx.Graph.Format;
using Trpo.Runtime.Randomness;

// Trpo.Fuzz bytes|graph|greedy|zip|entries <file> <seed> <count>: damages a policy or a model file in many ways, opens each, and uses what opens.
// Anything but a refusal with an InvalidDataException ends it. The number of each case is printed before it, for the case that ends the
// process itself; "Trpo.Fuzz ... <seed> 1 <case> <output>" writes that one down and repeats it.
if (args is not [var kind, var path, var seedText, var countText, .. var rest])
{
    Console.Error.WriteLine("usage: Trpo.Fuzz bytes|graph|greedy|zip|entries <file> <seed> <count> [<first> [<output>]]");
    return 2;
}

var seed = ulong.Parse(seedText, CultureInfo.InvariantCulture);
var count = int.Parse(countText, CultureInfo.InvariantCulture);
var first = rest is [var firstText, ..] ? int.Parse(firstText, CultureInfo.InvariantCulture) : 0;
var original = File.ReadAllBytes(path);
var model = kind is "graph" or "greedy" ? ModelProto.Parser.ParseFrom(original) : null;
var ml = new MLContext(seed: 1);
var accepted = 0;
if (!BusyPool.Take())
{
    Console.Error.WriteLine($"The thread pool does not take the limit of {BusyPool.Threads} threads.");
    return 3;
}

Warm(original);
var scale = new Scale();
var reasons = new Dictionary<string, int>();
for (var index = first; index < first + count; index++)
{
    Console.Error.WriteLine(index);
    var random = new RandomSource((seed * 1_000_003) + (ulong)index);
    var damaged = kind switch
    {
        "bytes" or "zip" => ByteMutation.Apply(original, random),
        "graph" => GraphMutation.Apply(model!, random),
        "greedy" => GraphMutation.Greedy(model!, random),
        _ => ArchiveMutation.Apply(original, random),
    };
    if (rest is [_, var output])
        File.WriteAllBytes(output, damaged);
    scale.Begin();
    var reason = kind is "zip" or "entries" ? Attempt.Model(ml, damaged, random) : Attempt.Session(damaged, random);
    scale.End(index);
    if (reason is null)
        accepted++;
    else
        reasons[Kind(reason)] = reasons.GetValueOrDefault(Kind(reason)) + 1;
}

Console.WriteLine($"{kind}: {count} cases, {accepted} accepted, {scale}");
foreach (var (reason, times) in reasons.OrderByDescending(pair => pair.Value).Take(10))
    Console.WriteLine($"{times,6} {reason}");
return 0;

// What a first load takes once is no case's.
void Warm(byte[] undamaged)
{
    if (kind is "zip" or "entries")
        Attempt.Model(ml, undamaged, new RandomSource(1));
    else
        Attempt.Session(undamaged, new RandomSource(1));
}

static string Kind(string reason) => new(reason.Where(character => !char.IsDigit(character)).Take(140).ToArray());
