using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Trpo.Onnx.Runtime;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Spaces;

namespace Trpo.Onnx.Conversion;

/// <summary>The comparison of an exported graph with its model on rows: the graph reads the raw columns, and the model's results come from a view.</summary>
internal sealed class GraphComparison
{
    private const int MaxRows = 10_000;
    private const int BatchRows = 256;

    private readonly InferenceSession _session;
    private readonly ActionSpace _actions;
    private readonly ResultComparison _comparison;
    private readonly List<(string Input, ColumnTensor Tensor)> _inputs = [];
    private readonly List<float> _modelActions = [];
    private readonly List<float> _modelScores = [];

    private GraphComparison(InferenceSession session, PolicyMetadata metadata)
    {
        (_session, _actions) = (session, metadata.Actions);
        _comparison = new ResultComparison(_actions, metadata.MarksMissing);
    }

    /// <summary>Runs graph and model on the first rows of a view.</summary>
    /// <param name="onnx">The exported graph.</param>
    /// <param name="columns">The raw column of each input of the graph, in their order.</param>
    /// <param name="rows">The rows with the raw columns.</param>
    /// <param name="scored">The model's results for the same rows.</param>
    /// <param name="action">The column of its actions.</param>
    /// <param name="score">The column of its scores.</param>
    /// <exception cref="ArgumentException">There are no rows, or they lack a column that the graph takes.</exception>
    /// <exception cref="InvalidOperationException">The results differ, or the graph fails; the message has the worst row.</exception>
    public static void Check(byte[] onnx, IReadOnlyList<string> columns, IDataView rows, IDataView scored, string action, string score)
    {
        using var options = SessionSettings.Create();
        using var session = new InferenceSession(onnx, options);
        var names = Graph.Format.ModelProto.Parser.ParseFrom(onnx).Graph.Input.Select(input => input.Name);
        new GraphComparison(session, PolicyMetadata.FromOnnx(onnx)).Run([.. names.Zip(columns)], rows, scored, scored.Schema[action], scored.Schema[score]);
    }

    private void Run(IReadOnlyList<(string Input, string Column)> inputs, IDataView rows, IDataView scored, DataViewSchema.Column action, DataViewSchema.Column score)
    {
        if (inputs.FirstOrDefault(input => rows.Schema.GetColumnOrNull(input.Column) is null) is { Column: { } missing })
            throw RawColumns.Unsuitable($"The rows to compare on have no column '{missing}', which the graph takes.", parameter: "compareOn");
        using var raw = rows.GetRowCursor(inputs.Select(input => rows.Schema[input.Column]));
        using var model = scored.GetRowCursor([action, score]);
        foreach (var (input, column) in inputs)
            _inputs.Add((input, ColumnTensor.Of(raw, rows.Schema[column], _session.InputMetadata[input])));
        var (rawId, modelId) = (raw.GetIdGetter(), model.GetIdGetter());
        var read = Results(model, action, score);
        var count = 0;
        for (var isOnRow = raw.MoveNext(); ; isOnRow = count < MaxRows && raw.MoveNext())
        {
            if (isOnRow != (count < MaxRows && model.MoveNext()) || (isOnRow && !Id(rawId).Equals(Id(modelId))))
                throw new InvalidOperationException($"The model does not map row to row: its row {count} is not that of the rows to compare on, so that they cannot be compared.");
            if (!isOnRow)
                break;
            foreach (var (_, tensor) in _inputs)
                tensor.Add();
            read();
            if (++count % BatchRows == 0)
                CompareBatch();
        }

        if (count == 0)
            throw RawColumns.Unsuitable("There are no rows to compare model and graph on.", parameter: "compareOn");
        CompareBatch();
        if (_comparison.Worst is { } worst)
            throw new InvalidOperationException($"The graph computes other results than the model in {_comparison.DifferentRows} of {_comparison.Rows} rows, and was not written. The worst is {worst}. Find the transform that the graph computes differently: compare on fewer columns, or on a chain without it.");
    }

    private static DataViewRowId Id(ValueGetter<DataViewRowId> getter)
    {
        DataViewRowId id = default;
        getter(ref id);
        return id;
    }

    // A key is the index of its choice from 1, and 0 where it is missing.
    private Action Results(DataViewRow model, DataViewSchema.Column action, DataViewSchema.Column score)
    {
        VBuffer<float> scores = default, values = default;
        var getScore = model.GetGetter<VBuffer<float>>(score);
        if (_actions is DiscreteActionSpace)
        {
            uint key = 0;
            var getKey = model.GetGetter<uint>(action);
            return () =>
            {
                getKey(ref key);
                getScore(ref scores);
                _modelActions.Add(key == 0 ? float.NaN : key - 1);
                _modelScores.AddRange(scores.DenseValues());
            };
        }

        var getAction = model.GetGetter<VBuffer<float>>(action);
        return () =>
        {
            getAction(ref values);
            getScore(ref scores);
            _modelActions.AddRange(values.DenseValues());
            _modelScores.AddRange(scores.DenseValues());
        };
    }

    private void CompareBatch()
    {
        var count = _modelScores.Count / _actions.ScoreLength;
        if (count == 0)
            return;
        var inputs = _inputs.ToDictionary(input => input.Input, input => input.Tensor.Take());
        try
        {
            using var run = new RunOptions();
            using var outputs = _session.Run(run, inputs, [PolicyValues.Action, PolicyValues.Score]);
            var actions = Numbers(outputs[0]);
            var scores = outputs[1].GetTensorDataAsSpan<float>();
            var (modelActions, modelScores) = (_modelActions.ToArray(), _modelScores.ToArray());
            var (k, n) = (_actions.Length, _actions.ScoreLength);
            for (var row = 0; row < count; row++)
                _comparison.Add(modelActions.AsSpan(row * k, k), modelScores.AsSpan(row * n, n), actions.AsSpan(row * k, k), scores.Slice(row * n, n));
        }
        catch (OnnxRuntimeException exception)
        {
            throw new InvalidOperationException($"The graph fails on the rows from {_comparison.Rows} to {_comparison.Rows + count - 1} of those to compare on, which the model computes, and was not written: {exception.Message}", exception);
        }
        finally
        {
            foreach (var input in inputs.Values)
                input.Dispose();
        }

        _modelActions.Clear();
        _modelScores.Clear();
    }

    // A missing choice is -1.
    private static float[] Numbers(OrtValue actions) => actions.GetTensorTypeAndShape().ElementDataType == TensorElementType.Int64
        ? Array.ConvertAll(actions.GetTensorDataAsSpan<long>().ToArray(), action => action < 0 ? float.NaN : action)
        : actions.GetTensorDataAsSpan<float>().ToArray();
}
