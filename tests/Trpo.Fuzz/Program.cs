using System.Globalization;
using Microsoft.ML;
using Trpo.Fuzz;
using Trpo.Onnx.Graph.Format;
using Trpo.Runtime.Randomness;

// Trpo.Fuzz bytes|graph|greedy|beside|zip|entries <file> <seed> <count>: damages a policy or a model file in many ways, opens each, and uses what opens.
// "beside" opens greedy graphs while six undamaged policies are loaded. Anything but a refusal with an InvalidDataException ends it. The number of each
// case is printed before it, for the case that ends the process itself; "Trpo.Fuzz ... <seed> 1 <case> <output>" writes that one down and repeats it.
// Trpo.Fuzz load <file>... loads model files and prints why each is refused, or "loaded".
if (args is ["load", .. var files])
{
    foreach (var file in files)
        Console.WriteLine($"{Path.GetFileName(file)}: {Attempt.Load(new MLContext(seed: 1), file)}");
    return 0;
}

if (args is not [var kind, var path, var seedText, var countText, .. var rest])
{
    Console.Error.WriteLine("usage: Trpo.Fuzz bytes|graph|greedy|beside|zip|entries <file> <seed> <count> [<first> [<output>]], or Trpo.Fuzz load <file>...");
    return 2;
}

var seed = ulong.Parse(seedText, CultureInfo.InvariantCulture);
var count = int.Parse(countText, CultureInfo.InvariantCulture);
var first = rest is [var firstText, ..] ? int.Parse(firstText, CultureInfo.InvariantCulture) : 0;
var original = File.ReadAllBytes(path);
var model = kind is "graph" or "greedy" or "beside" ? ModelProto.Parser.ParseFrom(original) : null;
var ml = new MLContext(seed: 1);
var accepted = 0;
if (!BusyPool.Take())
{
    Console.Error.WriteLine($"The thread pool does not take the limit of {BusyPool.Threads} threads.");
    return 3;
}

Warm(original);
var scale = new Scale();
var neighbours = new GoodNeighbours(original);
var (types, reasons) = (new Dictionary<string, int>(), new Dictionary<string, int>());
for (var index = first; index < first + count; index++)
{
    Console.Error.WriteLine(index);
    var random = new RandomSource((seed * 1_000_003) + (ulong)index);
    var damaged = kind switch
    {
        "bytes" or "zip" => ByteMutation.Apply(original, random),
        "graph" => GraphMutation.Apply(model!, random),
        "greedy" or "beside" => GraphMutation.Greedy(model!, random),
        _ => ArchiveMutation.Apply(original, random),
    };
    if (rest is [_, var output])
        File.WriteAllBytes(output, damaged);
    scale.Begin();
    Exception? reason = null;
    void Try() => reason = kind is "zip" or "entries" ? Attempt.Model(ml, damaged, random) : Attempt.Session(damaged, random);
    if (kind == "beside")
        neighbours.Beside(Try);
    else
        Try();
    scale.End(index);
    if (reason is null)
    {
        accepted++;
        continue;
    }

    types[reason.GetType().Name] = types.GetValueOrDefault(reason.GetType().Name) + 1;
    reasons[Kind(reason.Message)] = reasons.GetValueOrDefault(Kind(reason.Message)) + 1;
}

Console.WriteLine($"{kind}: {count} cases, {accepted} accepted, {scale}, neighbours {(int)neighbours.Longest.TotalMilliseconds} ms, pool of {BusyPool.Threads} threads");
Console.WriteLine($"exceptions: {string.Join(", ", types.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key} {pair.Value}"))}");
foreach (var (reason, times) in reasons.OrderByDescending(pair => pair.Value).Take(10))
    Console.WriteLine($"{times,6} {reason}");
return 0;

// What a first load takes once is no case's.
void Warm(byte[] undamaged)
{
    if (kind is "zip" or "entries")
        Attempt.Model(ml, undamaged, new RandomSource(1));
    else if (Attempt.Session(GraphMutation.ForOnnxRuntime(ModelProto.Parser.ParseFrom(undamaged)), new RandomSource(1)) is { } exception)
        throw exception;
}

static string Kind(string reason) => new(reason.Where(character => !char.IsDigit(character)).Take(140).ToArray());
