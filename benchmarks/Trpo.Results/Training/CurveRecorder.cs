using Trpo.Estimators;

namespace Trpo.Results.Training;

/// <summary>
/// Keeps a training's learning curve. A window of 100 episodes is the trainer's own; one of another length is made of whole iterations, as few as hold
/// that many episodes, for the trainer reports no single episode.
/// </summary>
internal sealed class CurveRecorder(int window) : IProgress<TrpoIteration>
{
    private const int WindowOfTheTrainer = 100;

    private readonly List<CurvePoint> _points = [];
    private readonly LinkedList<(int Episodes, double Mean)> _last = [];
    private int _held;
    private int _episodes;

    public IReadOnlyList<CurvePoint> Points => _points;

    public void Report(TrpoIteration value)
    {
        _episodes += value.Episodes;
        var mean = window == WindowOfTheTrainer ? value.MeanReturnOfLast100 : MeanOfWindow(value);
        _points.Add(new CurvePoint(value.Steps, Known(value.MeanReturn), Known(mean), _episodes >= window));
    }

    private double MeanOfWindow(TrpoIteration value)
    {
        if (value.Episodes > 0)
        {
            _last.AddLast((value.Episodes, value.MeanReturn));
            _held += value.Episodes;
        }

        while (_last.First is { Value: var oldest } && _held - oldest.Episodes >= window)
        {
            _held -= oldest.Episodes;
            _last.RemoveFirst();
        }

        return _held == 0 ? double.NaN : _last.Sum(iteration => iteration.Episodes * iteration.Mean) / _held;
    }

    private static double? Known(double value) => double.IsNaN(value) ? null : value;
}
