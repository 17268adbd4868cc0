using Microsoft.ML;
using Trpo.Onnx;

namespace TrpoApp._1;

/// <summary>The use of a saved model: it knows neither the environment nor the trainer.</summary>
public static class Decisions
{
    /// <summary>Decides on rows, in batches.</summary>
    /// <param name="path">The file of the model, which is checked before it is used.</param>
    /// <param name="mornings">The rows.</param>
    public static IReadOnlyList<Decision> Of(string path, IEnumerable<Morning> mornings)
    {
        var ml = new MLContext();
        var model = PolicyModel.Load(ml, path, out _);
        return [.. ml.Data.CreateEnumerable<Decision>(model.Transform(ml.Data.LoadFromEnumerable(mornings)), reuseRowObject: false)];
    }
}
