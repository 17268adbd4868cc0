using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Spectre.Console;
using Trpo.Estimators;
using Trpo.Results.Files;
using Trpo.Results.Studies;
using Trpo.Results.Training;

namespace Trpo.Results;

/// <summary>Measures the seeds of studies that are not finished yet, and reports each study that is complete.</summary>
internal sealed class MeasuringRun
{
    public const int Interrupted = 130;

    private readonly ResultsSettings _settings;
    private readonly ResultStore _store;
    private readonly ResultsDisplay _display;
    private readonly Action<Study, Action<string>> _complete;
    private readonly Lock _lock = new();
    private readonly Dictionary<Study, int> _missing = [];

    private MeasuringRun(ResultsSettings settings, ResultsDisplay display, Action<Study, Action<string>> complete)
    {
        _settings = settings;
        _store = new ResultStore(settings.Kept);
        _display = display;
        _complete = complete;
    }

    /// <param name="settings">The studies to measure and the conditions.</param>
    /// <param name="console">The console for progress.</param>
    /// <param name="complete">Called once for each chosen study when all its seeds are finished, by one thread at a time; its second argument writes a line.</param>
    /// <param name="cancel">Stops the training runs between two iterations.</param>
    /// <returns>0, or 130 if the run was interrupted; finished seeds are kept.</returns>
    /// <exception cref="TrainingException">A training run diverged; finished seeds are kept.</exception>
    public static int Execute(ResultsSettings settings, IAnsiConsole console, Action<Study, Action<string>> complete, CancellationToken cancel) =>
        ResultsDisplay.Show(console, settings.Chosen, settings.Seeds, display => new MeasuringRun(settings, display, complete).Run(cancel));

    private int Run(CancellationToken cancel)
    {
        // Fingerprint.Of throws for settings that cannot be printed: before anything is trained.
        var open = _settings.Chosen.SelectMany(study => Open(study).Select(seed => (study, seed))).ToList();
        foreach (var study in _settings.Chosen.Where(study => _missing[study] == 0))
            _complete(study, _display.WriteLine);
        try
        {
            var inOrder = Partitioner.Create(open, EnumerablePartitionerOptions.NoBuffering);
            Parallel.ForEach(inOrder, new ParallelOptions { MaxDegreeOfParallelism = _settings.Parallel, CancellationToken = cancel }, next => Measure(next.study, next.seed, cancel));
            return 0;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            _display.WriteLine($"Interrupted: {open.Count - _missing.Values.Sum()} of {open.Count} seeds were finished, and are kept in {_settings.Kept.FullName}. The same command resumes from them.");
            return Interrupted;
        }
        catch (AggregateException exception)
        {
            // Of several exceptions, the first that is no cancellation is the cause.
            ExceptionDispatchInfo.Throw(exception.InnerExceptions.FirstOrDefault(inner => inner is not OperationCanceledException) ?? exception.InnerExceptions[0]);
            throw;
        }
    }

    // The seeds of a study that are not finished.
    private List<int> Open(Study study)
    {
        var fingerprint = Fingerprint.Of(study, _settings.Episodes);
        var open = Enumerable.Range(1, _settings.Seeds).ToList();
        if (!_settings.Fresh)
            open.RemoveAll(seed => _store.Load(study, seed, _display.WriteLine)?.Fingerprint.Matches(fingerprint) ?? false);
        _missing[study] = open.Count;
        if (open.Count < _settings.Seeds)
            _display.Kept(study, _settings.Seeds - open.Count);
        return open;
    }

    private void Measure(Study study, int seed, CancellationToken cancel)
    {
        SeedResult result;
        try
        {
            result = SeedRun.Execute(study, seed, new Conditions(_settings.Episodes, _settings.Parallel), _display.Follow(study), cancel);
        }
        catch (TrainingException exception)
        {
            throw new TrainingException($"{study.Label}, seed {seed}: {exception.Message}");
        }

        lock (_lock)
        {
            _store.Save(study, result);
            _display.Finished(study, result);
            if (--_missing[study] == 0)
                _complete(study, _display.WriteLine);
        }
    }
}
