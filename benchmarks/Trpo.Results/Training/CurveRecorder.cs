using Trpo.Estimators;

namespace Trpo.Results.Training;

/// <summary>A listener that records a learning curve: after each iteration, the mean return of the last episodes, as many as the window holds.</summary>
internal sealed class CurveRecorder(int window) : IProgress<TrpoIteration>
{
    private readonly List<CurvePoint> _points = [];
    private readonly Queue<double> _last = new(window);

    public IReadOnlyList<CurvePoint> Points => _points;

    public void Report(TrpoIteration value)
    {
        foreach (var episode in value.Returns)
        {
            if (_last.Count == window)
                _last.Dequeue();
            _last.Enqueue(episode);
        }

        double? mean = _last.Count == 0 ? null : _last.Average();
        _points.Add(new CurvePoint(value.Steps, value.Episodes == 0 ? null : value.MeanReturn, mean, _last.Count == window));
    }
}
