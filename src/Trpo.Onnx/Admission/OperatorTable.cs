namespace Trpo.Onnx.Admission;

/// <summary>
/// The operators that a policy of a stranger may have, with the rule that infers the type, the shape and the cost of each. docs/safety.md publishes
/// the table. What is not in it cannot be bounded before it runs, or no policy needs it.
/// </summary>
internal static class OperatorTable
{
    /// <summary>ONNX's own operators.</summary>
    public const string Standard = "";

    /// <summary>ONNX's operators of classical machine learning.</summary>
    public const string Learning = "ai.onnx.ml";

    /// <summary>OnnxRuntime's operators.</summary>
    public const string Microsoft = "com.microsoft";

    /// <summary>The rules, by domain and name.</summary>
    public static IReadOnlyDictionary<(string Domain, string Name), Action<OperatorCall>> Rules { get; } = Create();

    private static Dictionary<(string Domain, string Name), Action<OperatorCall>> Create()
    {
        var rules = new Dictionary<(string, string), Action<OperatorCall>>();
        void Add(string domain, Action<OperatorCall> rule, string names)
        {
            foreach (var name in names.Split(' '))
                rules.Add((domain, name), rule);
        }

        Add(Standard, ElementwiseRules.Same, "Abs Neg Sign Ceil Floor Round Sqrt Reciprocal Exp Log Sin Cos Sigmoid Tanh Relu LeakyRelu Elu Selu Softplus Softsign HardSigmoid Erf Clip Not Softmax LogSoftmax Hardmax BatchNormalization InstanceNormalization LayerNormalization LpNormalization");
        Add(Standard, ElementwiseRules.Identity, "Identity");
        Add(Standard, ElementwiseRules.Test, "IsNaN IsInf");
        Add(Standard, ElementwiseRules.Cast, "Cast");
        Add(Standard, ElementwiseRules.Arithmetic, "Add Sub Mul Div Pow Mod Max Min Sum Mean PRelu BitShift");
        Add(Standard, ElementwiseRules.Compare, "Equal Less LessOrEqual Greater GreaterOrEqual And Or Xor");
        Add(Standard, ElementwiseRules.Where, "Where");
        Add(Standard, ReductionRules.Reduce, "ReduceSum ReduceMean ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceSumSquare ReduceLogSum ReduceLogSumExp");
        Add(Standard, ReductionRules.Index, "ArgMax ArgMin");
        Add(Standard, ReductionRules.Top, "TopK");
        Add(Standard, ReductionRules.Cumulate, "CumSum");
        Add(Standard, MatrixRules.Multiply, "MatMul");
        Add(Standard, MatrixRules.General, "Gemm");
        Add(Standard, ConvolutionRules.Convolve, "Conv");
        Add(Standard, ConvolutionRules.Pool, "MaxPool AveragePool");
        Add(Standard, ConvolutionRules.PoolAll, "GlobalMaxPool GlobalAveragePool");
        Add(Standard, ShapeRules.Reshape, "Reshape");
        Add(Standard, ShapeRules.Flatten, "Flatten");
        Add(Standard, ShapeRules.Squeeze, "Squeeze");
        Add(Standard, ShapeRules.Unsqueeze, "Unsqueeze");
        Add(Standard, ShapeRules.Transpose, "Transpose");
        Add(Standard, ShapeRules.Shape, "Shape");
        Add(Standard, ShapeRules.Size, "Size");
        Add(Standard, ShapeRules.Expand, "Expand");
        Add(Standard, ShapeRules.Tile, "Tile");
        Add(Standard, ShapeRules.Fill, "ConstantOfShape");
        Add(Standard, ShapeRules.Range, "Range");
        Add(Standard, SelectionRules.Concat, "Concat");
        Add(Standard, SelectionRules.Split, "Split");
        Add(Standard, SelectionRules.Slice, "Slice");
        Add(Standard, SelectionRules.Gather, "Gather");
        Add(Standard, SelectionRules.GatherEach, "GatherElements");
        Add(Standard, SelectionRules.OneHot, "OneHot");
        Add(Standard, SelectionRules.Pad, "Pad");
        Add(Standard, TermRules.Count, "TfIdfVectorizer");
        Add(Standard, Constants.OfNode, "Constant");
        Add(Learning, LearningRules.Scale, "Scaler Normalizer");
        Add(Learning, ElementwiseRules.Same, "Imputer Binarizer");
        Add(Learning, LearningRules.Encode, "LabelEncoder");
        Add(Learning, LearningRules.OneHot, "OneHotEncoder");
        Add(Learning, LearningRules.Join, "FeatureVectorizer");
        Add(Learning, LearningRules.Extract, "ArrayFeatureExtractor");
        Add(Learning, LearningRules.Regress, "LinearRegressor");
        Add(Learning, LearningRules.Classify, "LinearClassifier");
        Add(Learning, TreeRules.Regress, "TreeEnsembleRegressor");
        Add(Learning, TreeRules.Classify, "TreeEnsembleClassifier");
        Add(Microsoft, LearningRules.Hash, "MurmurHash3");
        Add(Microsoft, ShapeRules.Insert, "ExpandDims");
        return rules;
    }
}
