using Trpo.Estimators.Threading;

namespace Trpo.Estimators.Optimization;

/// <summary>The groups of rows that make up one trust-region problem. Their sums are combined by <see cref="BinaryTree"/>; with one group nothing is added or copied.</summary>
internal sealed class PartialProblems
{
    private readonly IReadOnlyList<IPartialProblem> _parts;
    private readonly PartThreads? _threads;
    private readonly double[][] _vectors;
    private readonly double[] _shared;
    private readonly Func<SampledRows, IPartialProblem>? _gather;
    private IPartialProblem? _gathered;
    private bool _isLinearized;

    /// <param name="parts">The groups, at least one, in the order of their indices.</param>
    /// <param name="threads">The threads that the groups are computed on; null for the calling thread.</param>
    /// <param name="gather">Creates a problem of the sampled rows of all groups, on which Fisher products are computed in one place; null for products of each group.</param>
    public PartialProblems(IReadOnlyList<IPartialProblem> parts, PartThreads? threads = null, Func<SampledRows, IPartialProblem>? gather = null)
    {
        (_parts, _threads, _gather) = (parts, threads, gather);
        var length = parts.Count == 1 ? 0 : parts[0].Length;
        _vectors = [.. parts.Select(_ => new double[length])];
        _shared = new double[length];
        Rows = parts.Sum(part => (long)part.Rows);
        FisherRows = parts.Sum(part => (long)part.FisherRows);
    }

    /// <summary>The number of parameters, <c>n</c>.</summary>
    public int Length => _parts[0].Length;

    /// <summary>The number of rows of all groups, <c>N</c>.</summary>
    public long Rows { get; }

    /// <summary>The number of rows of all groups that Fisher products are computed on.</summary>
    public long FisherRows { get; }

    /// <summary>Copies the parameters out.</summary>
    public void CopyTo(Span<double> parameters) => _parts[0].CopyTo(parameters);

    /// <summary>Changes the parameters of every group.</summary>
    public void Assign(ReadOnlySpan<double> parameters)
    {
        if (_parts.Count == 1)
        {
            _parts[0].Assign(parameters);
            return;
        }

        // Other threads cannot read a span.
        parameters.CopyTo(_shared);
        Run(index => _parts[index].Assign(_shared));
    }

    /// <summary>Returns the name of the parameter that an element belongs to.</summary>
    public string NameOf(int index) => _parts[0].NameOf(index);

    /// <inheritdoc cref="IPartialProblem.FindNonFinite"/>
    public string? FindNonFinite() => _parts.Select(part => part.FindNonFinite()).FirstOrDefault(fault => fault is not null);

    /// <inheritdoc cref="IPartialProblem.Linearize()"/>
    public LinearizationSums Linearize()
    {
        _isLinearized = false;
        return Combine(part => part.Linearize(), LinearizationSums.Add);
    }

    /// <inheritdoc cref="IPartialProblem.Linearize(double, Span{double})"/>
    public LinearizationSums Linearize(double divisor, Span<double> gradient)
    {
        _isLinearized = false;
        if (_parts.Count == 1)
            return _parts[0].Linearize(divisor, gradient);
        var sums = new LinearizationSums[_parts.Count];
        Run(index => sums[index] = _parts[index].Linearize(divisor, _vectors[index]));
        BinaryTree.Sum(_vectors).CopyTo(gradient);
        return BinaryTree.Combine<LinearizationSums>(sums, LinearizationSums.Add);
    }

    /// <inheritdoc cref="IPartialProblem.TakeSample"/>
    public SampledRows TakeSample()
    {
        var samples = new SampledRows[_parts.Count];
        Run(index => samples[index] = _parts[index].TakeSample());
        return SampledRows.Join(samples);
    }

    /// <inheritdoc cref="IPartialProblem.Evaluate"/>
    public TrialSums Evaluate() => Combine(part => part.Evaluate(), TrialSums.Add);

    /// <inheritdoc cref="IPartialProblem.Gradient"/>
    public void Gradient(double divisor, Span<double> gradient)
    {
        if (_parts.Count == 1)
        {
            _parts[0].Gradient(divisor, gradient);
            return;
        }

        Run(index => _parts[index].Gradient(divisor, _vectors[index]));
        BinaryTree.Sum(_vectors).CopyTo(gradient);
    }

    /// <inheritdoc cref="IPartialProblem.FisherProduct"/>
    public void FisherProduct(ReadOnlySpan<double> vector, double divisor, Span<double> product)
    {
        if (_gather is not null)
        {
            // The gradient is known by now, so that the activations behind it may be lost.
            _gathered ??= _gather(TakeSample());
            if (!_isLinearized)
                _gathered.Linearize();
            _isLinearized = true;
            _gathered.FisherProduct(vector, divisor, product);
            return;
        }

        if (_parts.Count == 1)
        {
            _parts[0].FisherProduct(vector, divisor, product);
            return;
        }

        vector.CopyTo(_shared);
        Run(index => _parts[index].FisherProduct(_shared, divisor, _vectors[index]));
        BinaryTree.Sum(_vectors).CopyTo(product);
    }

    private T Combine<T>(Func<IPartialProblem, T> ask, Func<T, T, T> add)
    {
        var answers = new T[_parts.Count];
        Run(index => answers[index] = ask(_parts[index]));
        return BinaryTree.Combine(answers, add);
    }

    private void Run(Action<int> work)
    {
        if (_threads is not null)
        {
            _threads.Run(_parts.Count, work);
            return;
        }

        for (var i = 0; i < _parts.Count; i++)
            work(i);
    }
}
