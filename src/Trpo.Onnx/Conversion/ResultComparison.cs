using Trpo.Runtime.Spaces;

namespace Trpo.Onnx.Conversion;

/// <summary>
/// The differences of a graph's results from those of the model. A score may differ by <see cref="Tolerance"/> of its scale: 1 for a probability, the largest
/// magnitude of the rows so far for the mean of a box. An action may differ where the model's scores of both actions are as close. NaN equals NaN.
/// </summary>
/// <param name="actions">The space of the actions.</param>
/// <param name="marksMissing">True if the graph itself marks a missing action; otherwise the action of such a row is not compared, nor is which of its scores are NaN.</param>
internal sealed class ResultComparison(ActionSpace actions, bool marksMissing)
{
    /// <summary>The tolerance as a fraction of the scale.</summary>
    public const float Tolerance = 1e-4f;

    // Means that are all about 0 have rounding errors too.
    private const float MinTolerance = 1e-6f;

    private readonly string[] _names = [.. actions.Names];
    private float _scale;
    private double _worst;
    private bool _differs;

    /// <summary>The number of rows that were compared.</summary>
    public long Rows { get; private set; }

    /// <summary>The number of rows that differ by more than the tolerance.</summary>
    public long DifferentRows { get; private set; }

    /// <summary>The worst difference, as text; null if there is none.</summary>
    public string? Worst { get; private set; }

    /// <summary>Compares a row.</summary>
    /// <param name="action">The model's action: indices from 0, or the values of a box; NaN if it is missing.</param>
    /// <param name="score">The model's score.</param>
    /// <param name="graphAction">The graph's action, in the same form.</param>
    /// <param name="graphScore">The graph's score.</param>
    public void Add(ReadOnlySpan<float> action, ReadOnlySpan<float> score, ReadOnlySpan<float> graphAction, ReadOnlySpan<float> graphScore)
    {
        _differs = false;
        if (actions is BoxActionSpace)
        {
            foreach (var value in score)
                _scale = float.IsFinite(value) ? Math.Max(_scale, Math.Abs(value)) : _scale;
        }

        var tolerance = actions is BoxActionSpace ? Math.Max(MinTolerance, Tolerance * _scale) : Tolerance;
        var isMissing = float.IsNaN(score[0]);
        if (isMissing && !marksMissing && HasNaN(graphScore))
        {
            Rows++;
            return;
        }

        for (var i = 0; i < score.Length; i++)
            Compare($"score {i} ('{actions.ScoreNames[i]}')", score[i], graphScore[i], tolerance);
        for (var i = 0; i < action.Length; i++)
        {
            if (actions is BoxActionSpace || float.IsNaN(action[i]) || float.IsNaN(graphAction[i]) || Margin(i, (int)action[i], (int)graphAction[i], score) > tolerance)
                Compare(actions is DiscreteActionSpace ? "the action" : $"action {i} ('{_names[i]}')", action[i], graphAction[i], actions is BoxActionSpace ? tolerance : 0);
        }

        Rows++;
        DifferentRows += _differs ? 1 : 0;
    }

    // The amount by which the model prefers its choice to that of the graph.
    private float Margin(int dimension, int choice, int other, ReadOnlySpan<float> score)
    {
        if (choice == other)
            return 0;
        if (actions is MultiBinaryActionSpace)
            return Math.Abs(score[dimension] - 0.5f);
        var counts = actions.ChoiceCounts;
        var start = counts.Take(dimension).Sum();
        return other >= 0 && other < counts[dimension] ? score[start + choice] - score[start + other] : float.PositiveInfinity;
    }

    private void Compare(string output, float model, float graph, float tolerance)
    {
        if (model.Equals(graph) || Math.Abs(model - graph) <= tolerance)
            return;
        _differs = true;
        var difference = float.IsFinite(model - graph) ? Math.Abs((double)model - graph) / Math.Max(tolerance, MinTolerance) : double.PositiveInfinity;
        if (Worst is not null && difference <= _worst)
            return;
        _worst = difference;
        Worst = FormattableString.Invariant($"row {Rows}, {output}: {model:G7} in the model and {graph:G7} in the graph, where {(tolerance > 0 ? FormattableString.Invariant($"{tolerance:G3} is tolerated") : "equal choices are expected")}");
    }

    private static bool HasNaN(ReadOnlySpan<float> values)
    {
        foreach (var value in values)
        {
            if (float.IsNaN(value))
                return true;
        }

        return false;
    }
}
