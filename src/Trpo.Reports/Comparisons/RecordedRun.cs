using System.Text.Json;
using Trpo.Estimators;
using Trpo.Reports.Csv;
using Trpo.Reports.Descriptions;
using Trpo.Reports.History;

namespace Trpo.Reports.Comparisons;

/// <summary>A run as it was recorded in its folder, for comparisons with others.</summary>
public sealed class RecordedRun
{
    private readonly double[] _steps;
    private readonly double[] _returns;

    private RecordedRun(string folder, RunDescription description, RunHistory history)
    {
        (Folder, Description) = (folder, description);
        (_steps, _returns) = (history.Steps, history[TrpoMetric.ReturnOfLast100]);
        (Steps, TotalSteps) = (history.Last.Steps, history.Last.TotalSteps);
        Settings = [.. SettingsOf(description)];
    }

    /// <summary>Gets the folder of the run, as it was given.</summary>
    public string Folder { get; }

    /// <summary>Gets the description of the run.</summary>
    public RunDescription Description { get; }

    /// <summary>Gets the environment steps that were made.</summary>
    public int Steps { get; }

    /// <summary>Gets the environment steps of the whole training.</summary>
    public int TotalSteps { get; }

    /// <summary>Gets the settings that decide what is learned, as names and values: all options but seed, threads and checkpoints, the number of environments, and the normalization.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Settings { get; }

    /// <summary>Gets the evaluation of the trained policy after the training; null if there is none.</summary>
    public RunEvaluation? Evaluation => Description.Evaluations.FirstOrDefault(evaluation => evaluation.Policy == RunEvaluation.Trained);

    /// <summary>Gets the environment steps at the end of each iteration in which an episode had ended.</summary>
    internal IReadOnlyList<double> AllSteps => _steps;

    /// <summary>Reads a run from metrics.csv and run.json.</summary>
    /// <param name="folder">The run's folder. The run may still go on.</param>
    /// <exception cref="FileNotFoundException">A file is missing; the message names it.</exception>
    /// <exception cref="InvalidDataException">A file is damaged; the message names the place.</exception>
    public static RecordedRun Load(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return new RecordedRun(folder, RunDescription.Load(folder), MetricsReader.Read(Path.Combine(folder, MetricsFormat.FileName)));
    }

    /// <summary>Returns the mean return of the last 100 training episodes at the end of the first iteration that had made a number of steps; that of the last iteration if none had. NaN if no episode had ended.</summary>
    /// <param name="steps">The number of environment steps.</param>
    public double ReturnAt(double steps)
    {
        var index = Array.FindIndex(_steps, made => made >= steps);
        for (var i = index < 0 ? _steps.Length - 1 : index; i >= 0; i--)
        {
            if (!double.IsNaN(_returns[i]))
                return _returns[i];
        }

        return double.NaN;
    }

    private static IEnumerable<KeyValuePair<string, string>> SettingsOf(RunDescription description)
    {
        foreach (var (name, value) in TrpoOptionsJson.Flatten(description.Options))
        {
            // None of them changes the distribution of the policies.
            if (name is not ("seed" or "threads" or "checkpoints") && !name.StartsWith("checkpoints.", StringComparison.Ordinal))
                yield return new(name, value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText());
        }

        yield return new("environments", FormattableString.Invariant($"{description.Environments}"));
        if (description.Details.TryGetValue("Normalization", out var normalization))
            yield return new("normalization", normalization);
    }
}
