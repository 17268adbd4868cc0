using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Spectre.Console;
using Trpo.Estimators;
using Trpo.Results.Files;
using Trpo.Results.Studies;
using Trpo.Results.Training;

namespace Trpo.Results;

/// <summary>Measures what is not measured yet of some studies, seed by seed, and tells of each study that is complete.</summary>
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

    /// <param name="settings">What to measure, and how.</param>
    /// <param name="console">Where progress is told.</param>
    /// <param name="complete">Is called once for each chosen study, when all its seeds are finished, and by one thread at a time; writes lines with what it is given.</param>
    /// <param name="cancel">Ends the trainings between two iterations.</param>
    /// <returns>0; or 130 if it was interrupted, with what was finished kept.</returns>
    /// <exception cref="TrainingException">A training diverged; what was finished is kept.</exception>
    public static int Execute(ResultsSettings settings, IAnsiConsole console, Action<Study, Action<string>> complete, CancellationToken cancel) =>
        ResultsDisplay.Show(console, settings.Chosen, settings.Seeds, display => new MeasuringRun(settings, display, complete).Run(cancel));

    private int Run(CancellationToken cancel)
    {
        // What cannot be printed should be known before it is trained.
        var open = _settings.Chosen.SelectMany(study => Open(study).Select(seed => (study, seed))).ToList();
        foreach (var study in _settings.Chosen.Where(study => _missing[study] == 0))
            _complete(study, _display.Say);
        try
        {
            var inOrder = Partitioner.Create(open, EnumerablePartitionerOptions.NoBuffering);
            Parallel.ForEach(inOrder, new ParallelOptions { MaxDegreeOfParallelism = _settings.Parallel, CancellationToken = cancel }, next => Measure(next.study, next.seed, cancel));
            return 0;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            _display.Say($"Interrupted: {open.Count - _missing.Values.Sum()} of {open.Count} seeds were finished, and are kept in {_settings.Kept.FullName}. The same command goes on from there.");
            return Interrupted;
        }
        catch (AggregateException exception)
        {
            // What was finished is kept; the first failure, which may have met an interruption, says what is wrong.
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
            open.RemoveAll(seed => _store.Load(study, seed, _display.Say)?.Fingerprint.Matches(fingerprint) ?? false);
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
                _complete(study, _display.Say);
        }
    }
}
