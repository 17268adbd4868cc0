using System.Runtime.CompilerServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

// These make the runtime let this assembly use the internals that the project file lists and this file alone calls.
[assembly: IgnoresAccessChecksTo("Microsoft.ML.Core")]
[assembly: IgnoresAccessChecksTo("Microsoft.ML.Data")]
[assembly: IgnoresAccessChecksTo("Microsoft.ML.Transforms")]

namespace System.Runtime.CompilerServices
{
    /// <summary>Known to the runtime by its name: the internals of the named assembly are accessible to this one.</summary>
    [AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
    internal sealed class IgnoresAccessChecksToAttribute(string assemblyName) : Attribute
    {
        public string AssemblyName { get; } = assemblyName;
    }
}

namespace Trpo.Onnx.Interop
{
    /// <summary>Everything that this library does with ML.NET's internals; a test binds each member.</summary>
    internal static class MicrosoftMLInternals
    {
        public const string LoaderSignature = "TrpoPolicy";
        private const string PolicyStream = "Policy";
        private const string ModelSignature = "TRPOPLCY";
        private const uint FormatVersion = 0x00010002;

        // The simple name: a model must load beside any version of this assembly.
        private static VersionInfo Version => new(ModelSignature, FormatVersion, FormatVersion, FormatVersion,
            typeof(MicrosoftMLInternals).Assembly.GetName().Name, LoaderSignature, null);

        /// <summary>The static description that estimators reason with, of a schema that exists.</summary>
        public static SchemaShape ShapeOf(DataViewSchema schema) => SchemaShape.Create(schema);

        /// <summary>What ML.NET calls a column of this shape, as in "Vector&lt;Single&gt;".</summary>
        public static string Describe(SchemaShape.Column column) => column.GetTypeString();

        /// <summary>The view that <paramref name="view"/> transforms, or null where it is none of ML.NET's transforms.</summary>
        public static IDataView? SourceOf(IDataView view) => (view as IDataTransform)?.Source;

        /// <summary>The columns that a transformer of single columns reads and writes, in the order of its parameters; null where it is none of ML.NET's.</summary>
        public static IReadOnlyList<(string Input, string Output)>? ColumnsOf(ITransformer transformer) =>
            (transformer as OneToOneTransformerBase)?.ColumnPairs.Select(pair => (pair.inputColumnName, pair.outputColumnName)).ToList();

        /// <summary>The columns that a concatenation writes, each with those that it is made of.</summary>
        public static IEnumerable<(IReadOnlyList<string> Inputs, string Output)> ColumnsOf(ColumnConcatenatingTransformer transformer) =>
            transformer.Columns.Select(column => ((IReadOnlyList<string>)column.inputColumnNames, column.outputColumnName));

        /// <summary>Whether a column is still there behind a selection.</summary>
        public static bool Keeps(ColumnSelectingTransformer transformer, string column) =>
            transformer.SelectColumns.Contains(column) == transformer.KeepColumns;

        /// <summary>Whether the vectors of the keys of a vector are summed.</summary>
        public static bool IsBag(KeyToVectorMappingTransformer transformer, int column) => transformer.Columns.ElementAt(column).OutputCountVector;

        /// <summary>How a row-wise normalisation is done.</summary>
        public static (LpNormNormalizingEstimatorBase.NormFunction Norm, bool EnsureZeroMean, float Scale) ParametersOf(LpNormNormalizingTransformer transformer, int column)
        {
            var options = transformer.Columns.ElementAt(column);
            return (options.Norm, options.EnsureZeroMean, options.Scale);
        }

        /// <summary>The transformers that a one-hot encoding is made of.</summary>
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

        private static string Text(uint version) => $"{version >> 16}.{version & 0xFFFF}";
    }
}
