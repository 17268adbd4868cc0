using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Spectre.Console;
using Trpo.Estimators;
using Trpo.Results.Files;
using Trpo.Results.Report;
using Trpo.Results.Studies;
using Trpo.Results.Training;

namespace Trpo.Results;

/// <summary>Measures what is not measured yet, seed by seed, and writes the document whenever an environment is complete.</summary>
internal sealed class ResultsRun
{
    public const int Interrupted = 130;

    private readonly ResultsSettings _settings;
    private readonly ResultStore _store;
    private readonly ResultsDisplay _display;
    private readonly Lock _lock = new();
    private readonly Dictionary<Study, int> _missing = [];

    private ResultsRun(ResultsSettings settings, ResultsDisplay display)
    {
        _settings = settings;
        _store = new ResultStore(settings.Kept);
        _display = display;
    }

    /// <returns>0; or 130 if it was interrupted, with what was finished kept.</returns>
    /// <exception cref="TrainingException">A training diverged; what was finished is kept.</exception>
    public static int Execute(ResultsSettings settings, IAnsiConsole console, CancellationToken cancel) =>
        ResultsDisplay.Show(console, settings.Chosen, settings.Seeds, display => new ResultsRun(settings, display).Run(cancel));

    private int Run(CancellationToken cancel)
    {
        // What cannot be printed should be known before it is trained.
        var open = _settings.Chosen.SelectMany(study => Open(study).Select(seed => (study, seed))).ToList();
        foreach (var study in _settings.Chosen.Where(study => _missing[study] == 0))
            Complete(study);
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
            // What was finished is kept; the first failure says what is wrong.
            ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
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
            throw new TrainingException($"{study.Title}, seed {seed}: {exception.Message}");
        }

        lock (_lock)
        {
            _store.Save(study, result);
            _display.Finished(study, result);
            if (--_missing[study] == 0)
                Complete(study);
        }
    }

    private void Complete(Study study)
    {
        var all = _settings.All.Select(other => Measured.Of(other, _store, _settings.Seeds, _settings.Episodes)).ToList();
        if (all.Single(measured => measured.Study == study).Summary is not { } summary)
            throw new IOException($"The seeds of {study.Title} that were finished are no longer in {_settings.Kept.FullName}: another run with other settings has replaced or removed them meanwhile. Give each run a folder of its own with --kept, and start this one again.");
        var picture = Path.Combine(_settings.Documents.FullName, ResultsDocument.PictureOf(study.Name));
        CurvePlot.Save(summary, picture);
        ResultsDocument.Save(all, _settings.Seeds, _settings.Episodes, _settings.Documents);
        _display.Say($"Wrote {picture}");
        _display.Say($"Wrote {Path.Combine(_settings.Documents.FullName, ResultsDocument.FileName)}");
    }
}
