using System.Globalization;
using Spectre.Console;
using Trpo.Estimators;
using Trpo.Results.Files;
using Trpo.Results.Report;
using Trpo.Results.Studies;

namespace Trpo.Results;

/// <summary>The progress of training runs: a bar for each environment in a terminal, and a line for each finished seed anywhere.</summary>
internal sealed class ResultsDisplay
{
    private const int BarWidth = 24;

    private readonly Lock _lock = new();
    private readonly IAnsiConsole _console;
    private readonly Dictionary<Study, ProgressTask> _bars = [];

    private ResultsDisplay(IAnsiConsole console) => _console = console;

    /// <summary>Runs <paramref name="work"/> with a display of the progress of studies.</summary>
    public static T Show<T>(IAnsiConsole console, IReadOnlyList<Study> studies, int seeds, Func<ResultsDisplay, T> work)
    {
        var display = new ResultsDisplay(console);
        if (!console.Profile.Capabilities.Interactive || !console.Profile.Capabilities.Ansi)
            return work(display);
        return console.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = BarWidth }, new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                foreach (var group in studies.GroupBy(study => study.Title))
                {
                    var bar = context.AddTask(Markup.Escape(group.Key), maxValue: group.Sum(study => (double)seeds * study.Options.TotalSteps));
                    foreach (var study in group)
                        display._bars[study] = bar;
                }

                return work(display);
            });
    }

    /// <summary>Creates a listener that advances the bar of a study by the steps of one seed.</summary>
    public IProgress<TrpoIteration> Follow(Study study) => new Follower(this, study);

    public void Kept(Study study, int count)
    {
        Advance(study, (double)count * study.Options.TotalSteps);
        WriteLine($"{study.Label}: {count} {(count == 1 ? "seed was" : "seeds were")} finished before and {(count == 1 ? "is" : "are")} kept (--fresh measures again).");
    }

    public void Finished(Study study, SeedResult result) => WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{study.Label}, seed {result.Seed}: mean return {result.Mean:F1} over {Numbers.Count(result.Returns.Count, "episode")}, {(result.SolvedAt(study.Solved) is { } steps ? $"solved at step {Numbers.Steps(steps)}" : "not solved in training")}, {result.TrainingSeconds:F1} s"));

    /// <summary>Writes a line, above the bars if there are any.</summary>
    public void WriteLine(string line)
    {
        // The console would break long lines and read brackets as colours, so that the line goes around it.
        lock (_lock)
        {
            if (_bars.Count > 0)
                _console.WriteLine(line);
            else
                _console.Profile.Out.Writer.WriteLine(line);
        }
    }

    private void Advance(Study study, double steps)
    {
        if (_bars.TryGetValue(study, out var bar))
            bar.Increment(steps);
    }

    private sealed class Follower(ResultsDisplay display, Study study) : IProgress<TrpoIteration>
    {
        private int _steps;

        public void Report(TrpoIteration value)
        {
            display.Advance(study, value.Steps - _steps);
            _steps = value.Steps;
        }
    }
}
