using System.Globalization;
using System.Text.Json;
using Trpo.Runtime.Randomness;

namespace Trpo.Estimators.Studies;

/// <summary>A sweep over settings: a grid of them or random ones, all trained to the end, or by successive halving.</summary>
public sealed class Sweep
{
    private const int MaxTrials = 10_000;

    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, AllowDuplicateProperties = false };

    private Sweep(IReadOnlyList<SweepTrial> trials, SuccessiveHalving? halving) => (Trials, Halving) = (trials, halving);

    /// <summary>Gets the trials. The same JSON and options give the same trials.</summary>
    public IReadOnlyList<SweepTrial> Trials { get; }

    /// <summary>Gets the halving; null if all trials are trained to the end.</summary>
    public SuccessiveHalving? Halving { get; }

    /// <summary>
    /// Reads a sweep: <c>{ "settings": { "discount": [0.9, 0.97], "trustRegion.maxKl": { "min": 0.005, "max": 0.1, "log": true } }, "trials": 9, "seed": 1, "halving": { "firstSteps": 5000, "keep": 0.34 } }</c>. With
    /// <c>trials</c>, so many are drawn at random, all different; without, the trials are the grid of all lists and of all ranges with a <c>count</c>. Names are those of <see cref="TrpoOptionsJson"/>, with dots.
    /// </summary>
    /// <param name="json">The JSON.</param>
    /// <param name="basis">The options that the settings change; null, the default, means the defaults.</param>
    /// <exception cref="InvalidDataException">The JSON is no sweep, or a setting does not exist or cannot have a value; the message names it, and the nearest name.</exception>
    public static Sweep Read(string json, TrpoOptions? basis = null)
    {
        ArgumentNullException.ThrowIfNull(json);
        basis ??= new TrpoOptions();
        using var document = Parse(json);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("settings", out var listed) || listed.ValueKind != JsonValueKind.Object || !listed.EnumerateObject().Any())
            throw new InvalidDataException("A sweep must have 'settings', by name: { \"settings\": { \"discount\": [0.9, 0.97] } }.");
        foreach (var property in root.EnumerateObject().Where(property => property.Name is not ("settings" or "trials" or "seed" or "halving")))
            throw new InvalidDataException($"A sweep has no '{property.Name}': it has settings, trials, seed and halving.");
        SweepSetting[] settings = [.. listed.EnumerateObject().Select(setting => new SweepSetting(SettingNames.Find(setting.Name), setting.Value.Clone(), basis))];
        if (settings.GroupBy(setting => setting.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new InvalidDataException($"The sweep has '{twice.Key}' twice.");
        var chosen = Whole(root, "trials", 1, MaxTrials) is { } count ? Draw(settings, count, Whole(root, "seed", 0, int.MaxValue) ?? 1) : Grid(settings);
        return new Sweep([.. chosen.Select((values, index) => Trial(index, values, basis))], HalvingOf(root));
    }

    /// <summary>Returns the settings of a trial as a JSON object, which <see cref="TrpoOptionsJson.Read"/> reads.</summary>
    /// <param name="trial">The trial.</param>
    public static string WriteSettings(SweepTrial trial)
    {
        ArgumentNullException.ThrowIfNull(trial);
        return SettingNames.ToJson(trial.Settings).ToJsonString(new JsonSerializerOptions { WriteIndented = true });
    }

    /// <summary>Trains the trials, as many at once as <paramref name="parallel"/> says. A trial that fails has the worst return, and the others go on.</summary>
    /// <param name="train">
    /// Trains a trial up to a number of environment steps, from where it was paused, and returns its training return there. It is called on several threads at once, and again for each comparison that the trial takes part in. It should answer from a file what it was asked
    /// before, so that a sweep that was killed goes on where it was.
    /// </param>
    /// <param name="totalSteps">The environment steps of the whole training.</param>
    /// <param name="parallel">The number of trials that are trained at once, at least 1; null, the default, means the number of processors.</param>
    /// <param name="cancellation">Ends the sweep; trials that are trained receive it.</param>
    /// <returns>The results, the best first: those that were trained longest, and of these the one with the greatest return.</returns>
    /// <exception cref="OperationCanceledException">The sweep was cancelled.</exception>
    public IReadOnlyList<SweepTrialResult> Run(Func<SweepTrial, int, CancellationToken, double> train, int totalSteps, int? parallel = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentOutOfRangeException.ThrowIfLessThan(totalSteps, 1);
        List<SweepTrialResult> ranked = [];
        var left = Trials;
        foreach (var steps in Halving?.Rungs(totalSteps) ?? [totalSteps])
        {
            var outcomes = StudyRunner.Run(left, (trial, token) => train(trial, steps, token), parallel, cancellation);
            cancellation.ThrowIfCancellationRequested();
            double[] returns = [.. outcomes.Select(outcome => outcome.Failure is null ? outcome.Result : double.NaN)];
            IReadOnlyList<int> kept = steps < totalSteps ? Halving!.Survivors(returns) : [];

            // The best of those that are left out come before those that were left out earlier.
            ranked.InsertRange(0, SuccessiveHalving.Rank(returns).Where(index => !kept.Contains(index)).Select(index => new SweepTrialResult(left[index], steps, returns[index], outcomes[index].Failure)));
            left = [.. kept.Select(index => left[index])];
            if (left.Count == 0)
                break;
        }

        return ranked;
    }

    private static SweepTrial Trial(int index, KeyValuePair<string, JsonElement>[] values, TrpoOptions basis)
    {
        var trial = new SweepTrial(index, values, SettingNames.Apply(basis, values));
        try
        {
            trial.Options.Validate();
            return trial;
        }
        catch (ArgumentException exception)
        {
            throw new InvalidDataException($"{trial.Name} of the sweep ({trial}) cannot be trained: {exception.Message}", exception);
        }
    }

    private static IEnumerable<KeyValuePair<string, JsonElement>[]> Grid(SweepSetting[] settings)
    {
        if (settings.FirstOrDefault(setting => setting.Values.Count == 0) is { } range)
            throw new InvalidDataException($"'{range.Name}' is a range without a 'count', of which a grid has no values: give it a count or a list, or draw 'trials' at random.");
        if (settings.Aggregate(1.0, (product, setting) => product * setting.Values.Count) is var size && size > MaxTrials)
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"The grid has {size:N0} trials, but may have {MaxTrials:N0}: draw 'trials' of them at random."));
        return settings.Aggregate(Enumerable.Repeat(Array.Empty<KeyValuePair<string, JsonElement>>(), 1),
            (grid, setting) => grid.SelectMany(values => setting.Values.Select(value => (KeyValuePair<string, JsonElement>[])[.. values, new(setting.Name, value)])));
    }

    private static List<KeyValuePair<string, JsonElement>[]> Draw(SweepSetting[] settings, int count, int seed)
    {
        const int MaxAttempts = 1_000;
        var random = new RandomSource((ulong)seed);
        var seen = new HashSet<string>();
        List<KeyValuePair<string, JsonElement>[]> drawn = [];
        for (var attempts = 0; drawn.Count < count; attempts++)
        {
            KeyValuePair<string, JsonElement>[] values = [.. settings.Select(setting => new KeyValuePair<string, JsonElement>(setting.Name, setting.Draw(random)))];
            if (seen.Add(string.Join('\n', values.Select(value => value.Value.GetRawText()))))
            {
                drawn.Add(values);
                attempts = 0;
            }
            else if (attempts > MaxAttempts)
            {
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"The sweep asks for {count} trials, but there are hardly more than {drawn.Count} different ones: lower 'trials', or leave it out for the grid."));
            }
        }

        return drawn;
    }

    private static SuccessiveHalving? HalvingOf(JsonElement root)
    {
        if (!root.TryGetProperty("halving", out var part))
            return null;
        if (part.ValueKind != JsonValueKind.Object || Whole(part, "firstSteps", 1, int.MaxValue) is not { } firstSteps)
            throw new InvalidDataException("'halving' must have the steps of its first comparison: { \"firstSteps\": 5000, \"keep\": 0.34 }.");
        foreach (var property in part.EnumerateObject().Where(property => property.Name is not ("firstSteps" or "keep")))
            throw new InvalidDataException($"'halving' has no '{property.Name}': it has firstSteps and keep.");
        var halving = new SuccessiveHalving { FirstSteps = firstSteps };
        if (!part.TryGetProperty("keep", out var keep))
            return halving;
        return keep.ValueKind == JsonValueKind.Number && keep.GetDouble() is > 0 and < 1 and var share
            ? halving with { Keep = share } : throw new InvalidDataException("'keep' of 'halving' must be a number above 0 and below 1.");
    }

    private static int? Whole(JsonElement part, string name, int min, int max)
    {
        if (!part.TryGetProperty(name, out var value))
            return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= min && number <= max
            ? number : throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"'{name}' must be a whole number from {min} to {max}, not {value.GetRawText()}."));
    }

    private static JsonDocument Parse(string json)
    {
        try
        {
            return JsonDocument.Parse(json, Lenient);
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"The sweep is not JSON: {exception.Message}", exception);
        }
    }
}
