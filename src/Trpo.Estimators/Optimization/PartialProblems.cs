namespace Trpo.Estimators.Optimization;

/// <summary>The groups of rows that make up one trust-region problem. Their sums are combined by <see cref="BinaryTree"/>; with one group nothing is added or copied.</summary>
/// <param name="parts">The groups, at least one, in the order of their indices.</param>
internal sealed class PartialProblems(IReadOnlyList<IPartialProblem> parts)
{
    private readonly double[][] _vectors = [.. parts.Select(part => new double[parts.Count == 1 ? 0 : part.Length])];

    /// <summary>The number of parameters, <c>n</c>.</summary>
    public int Length => parts[0].Length;

    /// <summary>The number of rows of all groups, <c>N</c>.</summary>
    public long Rows { get; } = parts.Sum(part => (long)part.Rows);

    /// <summary>The number of rows of all groups that Fisher products are computed on.</summary>
    public long FisherRows { get; } = parts.Sum(part => (long)part.FisherRows);

    /// <summary>Copies the parameters out.</summary>
    public void CopyTo(Span<double> parameters) => parts[0].CopyTo(parameters);

    /// <summary>Changes the parameters of every group.</summary>
    public void Assign(ReadOnlySpan<double> parameters)
    {
        foreach (var part in parts)
            part.Assign(parameters);
    }

    /// <summary>Returns the name of the parameter that an element belongs to.</summary>
    public string NameOf(int index) => parts[0].NameOf(index);

    /// <inheritdoc cref="IPartialProblem.FindNonFinite"/>
    public string? FindNonFinite() => parts.Select(part => part.FindNonFinite()).FirstOrDefault(fault => fault is not null);

    /// <inheritdoc cref="IPartialProblem.Linearize"/>
    public LinearizationSums Linearize() => Combine(part => part.Linearize(), LinearizationSums.Add);

    /// <inheritdoc cref="IPartialProblem.Evaluate"/>
    public TrialSums Evaluate() => Combine(part => part.Evaluate(), TrialSums.Add);

    /// <inheritdoc cref="IPartialProblem.Gradient"/>
    public void Gradient(double divisor, Span<double> gradient)
    {
        if (parts.Count == 1)
        {
            parts[0].Gradient(divisor, gradient);
            return;
        }

        for (var i = 0; i < parts.Count; i++)
            parts[i].Gradient(divisor, _vectors[i]);
        BinaryTree.Sum(_vectors).CopyTo(gradient);
    }

    /// <inheritdoc cref="IPartialProblem.FisherProduct"/>
    public void FisherProduct(ReadOnlySpan<double> vector, double divisor, Span<double> product)
    {
        if (parts.Count == 1)
        {
            parts[0].FisherProduct(vector, divisor, product);
            return;
        }

        for (var i = 0; i < parts.Count; i++)
            parts[i].FisherProduct(vector, divisor, _vectors[i]);
        BinaryTree.Sum(_vectors).CopyTo(product);
    }

    private T Combine<T>(Func<IPartialProblem, T> ask, Func<T, T, T> add)
    {
        var answers = new T[parts.Count];
        for (var i = 0; i < answers.Length; i++)
            answers[i] = ask(parts[i]);
        return BinaryTree.Combine(answers, add);
    }
}
