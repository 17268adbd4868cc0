using System.Runtime.CompilerServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Data.IO;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

// These let this assembly use the internals that the project file lists; this folder alone calls them.
[assembly: IgnoresAccessChecksTo("Microsoft.ML.Core")]
[assembly: IgnoresAccessChecksTo("Microsoft.ML.Data")]
[assembly: IgnoresAccessChecksTo("Microsoft.ML.Transforms")]

namespace System.Runtime.CompilerServices
{
    /// <summary>Makes the internals of the named assembly accessible to this one. The runtime recognises it by its name.</summary>
    [AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
    internal sealed class IgnoresAccessChecksToAttribute(string assemblyName) : Attribute
    {
        public string AssemblyName { get; } = assemblyName;
    }
}

namespace Trpo.Onnx.Interop
{
    /// <summary>All uses of ML.NET's internals in this library; a test calls each member.</summary>
    internal static class MicrosoftMLInternals
    {
        /// <summary>The name by which saved models refer to the loader of policies.</summary>
        public const string LoaderSignature = "TrpoPolicy";
        private const string PolicyStream = "Policy";
        private const string ModelSignature = "TRPOPLCY";
        private const string SchemaEntry = "Schema";
        private const string TransformerFolder = "TransformerChain";
        private const uint FormatVersion = 0x00010002;

        // The simple name: a model must load beside any version of this assembly.
        private static VersionInfo Version => new(ModelSignature, FormatVersion, FormatVersion, FormatVersion,
            typeof(MicrosoftMLInternals).Assembly.GetName().Name, LoaderSignature, null);

        /// <summary>Creates the static description, which estimators reason with, of a schema.</summary>
        public static SchemaShape ShapeOf(DataViewSchema schema) => SchemaShape.Create(schema);

        /// <summary>Returns ML.NET's text for the type of a column, such as "Vector&lt;Single&gt;".</summary>
        public static string Describe(SchemaShape.Column column) => column.GetTypeString();

        /// <summary>Returns a function that is true from the time on at which the execution of an environment is cancelled.</summary>
        public static Func<bool> CancellationOf(IHostEnvironment environment)
        {
            // A context hides its own; its hosts are cancelled with it. With a seed, the host draws nothing from the random numbers of the context.
            var host = environment as ICancelable ?? (ICancelable)environment.Register(nameof(CancellationOf), seed: 0);
            return () => host.IsCanceled;
        }

        /// <summary>Returns the graphics card that a context asks for, null for none, and true if the CPU may take its place.</summary>
        public static (int? GpuDeviceId, bool FallbackToCpu) DeviceOf(IHostEnvironment environment) =>
            environment is IHostEnvironmentInternal context ? (context.GpuDeviceId, context.FallbackToCpu) : (null, true);

        /// <summary>Returns the view that <paramref name="view"/> transforms; null if it is not a transform of ML.NET's.</summary>
        public static IDataView? SourceOf(IDataView view) => (view as IDataTransform)?.Source;

        /// <summary>Returns the transformer that a view applies row by row; null if the view is none of ML.NET's that keep one.</summary>
        public static ITransformer? TransformerOf(IDataView view) => (view as RowToRowMapperTransform)?.GetTransformer();

        /// <summary>Returns the columns that a transformer of single columns reads and writes, in the order of its parameters; null if it is not one of ML.NET's.</summary>
        public static IReadOnlyList<(string Input, string Output)>? ColumnsOf(ITransformer transformer) =>
            (transformer as OneToOneTransformerBase)?.ColumnPairs.Select(pair => (pair.inputColumnName, pair.outputColumnName)).ToList();

        /// <summary>Returns the columns that a concatenation writes, each with its inputs.</summary>
        public static IEnumerable<(IReadOnlyList<string> Inputs, string Output)> ColumnsOf(ColumnConcatenatingTransformer transformer) =>
            transformer.Columns.Select(column => ((IReadOnlyList<string>)column.inputColumnNames, column.outputColumnName));

        /// <summary>True if a selection of columns keeps a column.</summary>
        public static bool Keeps(ColumnSelectingTransformer transformer, string column) =>
            transformer.SelectColumns.Contains(column) == transformer.KeepColumns;

        /// <summary>True if the one-hot vectors of a vector of keys are summed.</summary>
        public static bool IsBag(KeyToVectorMappingTransformer transformer, int column) => transformer.Columns.ElementAt(column).OutputCountVector;

        /// <summary>Returns the parameters of a row-wise normalisation.</summary>
        public static (LpNormNormalizingEstimatorBase.NormFunction Norm, bool EnsureZeroMean, float Scale) ParametersOf(LpNormNormalizingTransformer transformer, int column)
        {
            var options = transformer.Columns.ElementAt(column);
            return (options.Norm, options.EnsureZeroMean, options.Scale);
        }

        /// <summary>Returns the transformers that a one-hot encoding consists of.</summary>
        public static IEnumerable<ITransformer> PartsOf(OneHotEncodingTransformer transformer) => transformer._transformer;

        /// <summary>Writes the record of a policy into an ML.NET model file.</summary>
        public static void Save(ModelSaveContext context, byte[] record)
        {
            context.CheckAtModel();
            context.SetVersionInfo(Version);
            context.SaveBinaryStream(PolicyStream, writer => writer.Write(record));
        }

        /// <summary>Reads the record that <see cref="Save"/> wrote.</summary>
        /// <param name="context">The part of the model file that belongs to the policy.</param>
        /// <param name="decode">Decodes the record from a stream that ends with it.</param>
        /// <exception cref="InvalidDataException">The record is missing, cut short, altered, or of a newer version.</exception>
        public static T Load<T>(ModelLoadContext context, Func<Stream, T> decode) where T : struct
        {
            context.CheckAtModel();
            if (context.Header.ModelVerReadable > FormatVersion)
                throw new InvalidDataException($"it was saved by a newer version ({Text(context.Header.ModelVerWritten)}) than this library reads ({Text(FormatVersion)}): update Trpo.Onnx.");
            context.CheckAtModel(Version);
            T? loaded = null;
            context.TryLoadBinaryStream(PolicyStream, record => loaded = decode(record.BaseStream));
            return loaded ?? throw new InvalidDataException("Corrupt model file: the record of the policy is missing.");
        }

        /// <summary>True if ML.NET created an exception for what it had read, and not the file system.</summary>
        public static bool IsThrownByMLNet(Exception exception) => exception.Data.Contains("ML_IsMarked");

        /// <summary>Opens the archive of a saved model. Disposing it closes every stream that <see cref="LoadModel"/> reads, which ends a load on another thread.</summary>
        public static IDisposable OpenArchive(IHostEnvironment host, Stream stream) => RepositoryReader.Open(stream, host);

        /// <summary>Loads the model of an archive, as <c>ml.Model.Load</c> does.</summary>
        /// <returns>The model, and the schema of the rows that it takes; null if it was saved without.</returns>
        public static (ITransformer Model, DataViewSchema? InputSchema) LoadModel(MLContext ml, IDisposable archive)
        {
            var repository = (RepositoryReader)archive;
            if (repository.OpenEntryOrNull(SchemaEntry) is { } schema)
            {
                using (schema)
                    return (LoadTransformer(ml, archive, TransformerFolder), new BinaryLoader(ml, new BinaryLoader.Arguments(), schema.Stream).Schema);
            }

            if (!ModelLoadContext.LoadModelOrNull<IDataLoader<IMultiStreamSource>, SignatureLoadModel>(ml, out var loader, repository, null))
                return (LoadTransformer(ml, archive, TransformerFolder), null);
            return loader is CompositeDataLoader<IMultiStreamSource, ITransformer> composite
                ? (composite.Transformer, composite.Loader.GetOutputSchema())
                : throw new InvalidDataException("it has a loader of data, and no transformer.");
        }

        /// <summary>Loads the transformer of a folder of an archive.</summary>
        public static ITransformer LoadTransformer(IHostEnvironment host, IDisposable archive, string folder)
        {
            ModelLoadContext.LoadModel<ITransformer, SignatureLoadModel>(host, out var transformer, (RepositoryReader)archive, folder);
            return transformer;
        }

        private static string Text(uint version) => $"{version >> 16}.{version & 0xFFFF}";
    }
}
