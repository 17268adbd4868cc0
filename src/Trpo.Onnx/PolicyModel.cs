using Microsoft.ML;
using Trpo.Onnx.Files;
using Trpo.Runtime.Files;

namespace Trpo.Onnx;

/// <summary>
/// Saves, loads, exports and changes ML.NET models that contain a policy. The files are those of <c>ml.Model</c>, which saves and loads them too; but here
/// a file is written under another name and renamed, and content is checked before it is loaded: any defect is an <see cref="InvalidDataException"/>.
/// </summary>
/// <remarks>
/// The limits of a file are 512 MiB, packed and unpacked, 4,096 entries, and a minute of loading. The checks detect damage and files that would exhaust
/// the machine. They do not make an untrusted file safe to use: a model file names the transforms that it consists of, and ML.NET looks for them in
/// all assemblies of the application.
/// </remarks>
public static class PolicyModel
{
    /// <summary>Writes a model to a file, so that <see cref="Load(MLContext, string, out DataViewSchema)"/> reads it.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="model">A policy, or a chain with policies in it.</param>
    /// <param name="inputSchema">The schema of the rows that the model takes, or null to leave it out.</param>
    /// <param name="path">The file to write; an existing one is replaced, but unchanged if anything fails.</param>
    /// <exception cref="ArgumentException">There is no policy in the model.</exception>
    /// <exception cref="InvalidDataException">The model is larger than the limits of loading.</exception>
    public static void Save(MLContext ml, ITransformer model, DataViewSchema? inputSchema, string path)
    {
        ArgumentNullException.ThrowIfNull(ml);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(path);
        if (!PolicyChain.HasPolicy(model))
            throw new ArgumentException($"The model has no {nameof(PolicyTransformer)}: save it with ml.Model.Save.", nameof(model));
        using var content = new MemoryStream();
        ml.Model.Save(model, inputSchema, content);
        var bytes = content.ToArray();
        ModelLoading.Check(bytes, "The model");
        AtomicFile.Write(path, bytes);
    }

    /// <summary>Loads a model from a file.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="path">The file that <see cref="Save"/> or <c>ml.Model.Save</c> wrote.</param>
    /// <param name="inputSchema">The schema of the rows that the model takes, or null if it was saved without.</param>
    /// <returns>The model.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, of a newer version, above the limits, or not a model with a policy; the message says which.</exception>
    public static ITransformer Load(MLContext ml, string path, out DataViewSchema? inputSchema)
    {
        ArgumentNullException.ThrowIfNull(ml);
        ArgumentNullException.ThrowIfNull(path);
        return ModelLoading.Load(ml, BoundedFile.Read(path, ModelArchive.MaxBytes), path, trust: false, out inputSchema);
    }

    /// <summary>Loads a model from a file that the caller may vouch for.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="path">The file that <see cref="Save"/> or <c>ml.Model.Save</c> wrote.</param>
    /// <param name="trust">
    /// True if the caller vouches for the file: neither the time of loading nor the operators, the memory and the work of its policy are limited, and it
    /// can exhaust or block the process. The archive is checked nevertheless.
    /// </param>
    /// <param name="inputSchema">The schema of the rows that the model takes, or null if it was saved without.</param>
    /// <returns>The model.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, of a newer version, above the limits, or not a model with a policy; the message says which.</exception>
    public static ITransformer Load(MLContext ml, string path, bool trust, out DataViewSchema? inputSchema)
    {
        ArgumentNullException.ThrowIfNull(ml);
        ArgumentNullException.ThrowIfNull(path);
        return ModelLoading.Load(ml, BoundedFile.Read(path, ModelArchive.MaxBytes), path, trust, out inputSchema);
    }

    /// <summary>Loads a model from a stream.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="stream">The content that <see cref="Save"/> or <c>ml.Model.Save</c> wrote, from the stream's position to its end. It need not seek, and is left open.</param>
    /// <param name="inputSchema">The schema of the rows that the model takes, or null if it was saved without.</param>
    /// <returns>The model.</returns>
    /// <exception cref="InvalidDataException">The content is damaged, of a newer version, above the limits, or not a model with a policy; the message says which.</exception>
    public static ITransformer Load(MLContext ml, Stream stream, out DataViewSchema? inputSchema)
    {
        ArgumentNullException.ThrowIfNull(ml);
        ArgumentNullException.ThrowIfNull(stream);
        return Load(ml, stream, trust: false, out inputSchema);
    }

    /// <summary>Loads a model from a stream that the caller may vouch for.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="stream">The content that <see cref="Save"/> or <c>ml.Model.Save</c> wrote, from the stream's position to its end. It need not seek, and is left open.</param>
    /// <param name="trust">
    /// True if the caller vouches for the content: neither the time of loading nor the operators, the memory and the work of its policy are limited, and
    /// it can exhaust or block the process. The archive is checked nevertheless.
    /// </param>
    /// <param name="inputSchema">The schema of the rows that the model takes, or null if it was saved without.</param>
    /// <returns>The model.</returns>
    /// <exception cref="InvalidDataException">The content is damaged, of a newer version, above the limits, or not a model with a policy; the message says which.</exception>
    public static ITransformer Load(MLContext ml, Stream stream, bool trust, out DataViewSchema? inputSchema)
    {
        ArgumentNullException.ThrowIfNull(ml);
        ArgumentNullException.ThrowIfNull(stream);
        var source = ModelLoading.Describe(stream);
        return ModelLoading.Load(ml, BoundedFile.Read(stream, ModelArchive.MaxBytes, source), source, trust, out inputSchema);
    }

    /// <summary>Loads a model from a stream within a time limit.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="stream">The content that <see cref="Save"/> or <c>ml.Model.Save</c> wrote, from the stream's position to its end. It need not seek, and is left open.</param>
    /// <param name="timeout">The maximum time that ML.NET may take.</param>
    /// <param name="inputSchema">The schema of the rows that the model takes, or null if it was saved without.</param>
    /// <returns>The model.</returns>
    /// <exception cref="InvalidDataException">The content is damaged, of a newer version, above the limits, takes longer, or is not a model with a policy; the message says which.</exception>
    public static ITransformer Load(MLContext ml, Stream stream, TimeSpan timeout, out DataViewSchema? inputSchema)
    {
        ArgumentNullException.ThrowIfNull(ml);
        ArgumentNullException.ThrowIfNull(stream);
        var source = ModelLoading.Describe(stream);
        return ModelLoading.Load(ml, BoundedFile.Read(stream, ModelArchive.MaxBytes, source), source, timeout, out inputSchema);
    }

    /// <summary>Creates a model whose policy has another selection of actions or other columns.</summary>
    /// <param name="model">A policy, or a chain that it stands in.</param>
    /// <param name="selection">The selection of actions; null, the default, keeps the present one.</param>
    /// <param name="columns">The columns that the policy reads and writes; null, the default, keeps the present ones.</param>
    /// <returns>A model with a policy of its own. It shares the other transforms with <paramref name="model"/>: dispose that one last.</returns>
    /// <exception cref="ArgumentException">There is no policy in the model, or more than one; two outputs have the same name, or one does not exist for the policy's actions.</exception>
    /// <exception cref="InvalidOperationException">Actions are to be drawn or given a probability, but the policy's graph does not output their distribution.</exception>
    public static ITransformer With(ITransformer model, ActionSelection? selection = null, PolicyColumns? columns = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        var chain = PolicyChain.FromModel(model);
        return chain.With(chain.Policy.With(selection, columns));
    }

    /// <summary>Returns the part of a model that ends in its policy, which can be exported if there are transforms behind the policy.</summary>
    /// <param name="model">A policy, or a chain that it stands in.</param>
    /// <returns>A chain of the same objects: disposing it disposes those of <paramref name="model"/>.</returns>
    /// <exception cref="ArgumentException">There is no policy in the model, or more than one.</exception>
    public static ITransformer UntilPolicy(ITransformer model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return PolicyChain.FromModel(model).UntilPolicy();
    }

    /// <summary>Writes a trained policy and the transforms that it depends on as one ONNX graph, with the raw columns that the policy was trained on.</summary>
    /// <inheritdoc cref="ExportToOnnx(ITransformer, string, DataViewSchema?)"/>
    public static void ExportToOnnx(ITransformer model, string path) => ExportToOnnx(model, path, inputSchema: null);

    /// <summary>
    /// Writes a trained policy and the transforms that it depends on as one ONNX graph. If they read one vector of Single, its input is "observation",
    /// <c>float[N, d]</c>. Otherwise it has an input for each raw column, with the column's name, <c>[N, 1]</c> for a scalar and <c>[N, k]</c> for a
    /// vector. <see cref="PolicySession"/> opens both. The graph computes the deterministic actions, whatever the model's selection is.
    /// </summary>
    /// <param name="model">The policy, or a chain that ends in it.</param>
    /// <param name="path">The file to write; an existing one is replaced.</param>
    /// <param name="inputSchema">The raw columns that the model reads; null for those that the policy was trained on.</param>
    /// <exception cref="ArgumentException">
    /// The model has no policy, the types of the raw columns are not known, or <paramref name="inputSchema"/> lacks some that the model reads.
    /// </exception>
    /// <exception cref="NotSupportedException">
    /// A transform that the policy depends on cannot be expressed, or stands behind the policy; the message names it, and nothing is written.
    /// </exception>
    public static void ExportToOnnx(ITransformer model, string path, DataViewSchema? inputSchema)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(path);
        AtomicFile.Write(path, PolicyChain.FromModel(model).ToOnnx(inputSchema));
    }

    /// <summary>
    /// Writes a trained policy and a graph that prepares its observations as one ONNX graph. Its inputs are the raw columns of the graph, which
    /// <see cref="PolicySession.ActOn{TRow}(TRow)"/> takes. Its outputs are the policy's, with the deterministic actions, whatever the model's selection
    /// is.
    /// </summary>
    /// <param name="model">The policy, or a chain that ends in it. The graph replaces the transformers in front of the policy.</param>
    /// <param name="path">The file to write; an existing one is replaced.</param>
    /// <param name="preprocessing">
    /// The graph that ML.NET's converter writes of the transformers in front of the policy, with opset 12:
    /// <c>ml.Model.ConvertToOnnx(preprocessor, data, 12, preprocessing)</c>. It is read from the stream's position to its end. The policy reads its
    /// output for the policy's column of observations; inputs that this output does not depend on are omitted.
    /// </param>
    /// <exception cref="ArgumentException">The model has no policy, or the graph has no output for it, or one with a different number of columns.</exception>
    /// <exception cref="InvalidDataException">
    /// The stream is empty, has no valid ONNX model, or one with operators, memory or work that are not admitted; the message says which, and nothing
    /// is written.
    /// </exception>
    /// <exception cref="NotSupportedException">The two cannot be merged into one graph; the message says why, and nothing is written.</exception>
    public static void ExportToOnnx(ITransformer model, string path, Stream preprocessing)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(preprocessing);
        AtomicFile.Write(path, PolicyChain.FromModel(model).ToOnnx(preprocessing));
    }

    /// <inheritdoc cref="ExportToOnnx(ITransformer, string, DataViewSchema?, IDataView)"/>
    public static void ExportToOnnx(ITransformer model, string path, IDataView compareOn) => ExportToOnnx(model, path, inputSchema: null, compareOn);

    /// <inheritdoc cref="ExportToOnnx(ITransformer, string, DataViewSchema?)"/>
    /// <remarks><c>compareOn</c> has rows with the raw columns. Before the file is written, model and graph compute the first 10,000 of them: scores may differ by 1e-4 of their scale (1 for probabilities, the largest magnitude for the means of a box), and actions only where the model's own scores of both are as close. NaN equals NaN.</remarks>
    /// <exception cref="InvalidOperationException">The graph computes other results than the model, or fails; the message has the row, the output, both values and the tolerance, and nothing is written.</exception>
    public static void ExportToOnnx(ITransformer model, string path, DataViewSchema? inputSchema, IDataView compareOn)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(compareOn);
        AtomicFile.Write(path, PolicyChain.FromModel(model).ToOnnx(inputSchema, compareOn));
    }

    /// <inheritdoc cref="ExportToOnnx(ITransformer, string, Stream)"/>
    /// <remarks><c>compareOn</c> has rows with the raw columns, which model and graph are compared on before the file is written, as in <see cref="ExportToOnnx(ITransformer, string, DataViewSchema?, IDataView)"/>.</remarks>
    /// <exception cref="InvalidOperationException">The graph computes other results than the model, or fails; the message has the row, the output, both values and the tolerance, and nothing is written.</exception>
    public static void ExportToOnnx(ITransformer model, string path, Stream preprocessing, IDataView compareOn)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(compareOn);
        ArgumentNullException.ThrowIfNull(preprocessing);
        AtomicFile.Write(path, PolicyChain.FromModel(model).ToOnnx(preprocessing, compareOn));
    }
}
