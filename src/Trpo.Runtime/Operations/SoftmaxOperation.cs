namespace Trpo.Runtime.Operations;

/// <summary>The probabilities of logits.</summary>
internal sealed class SoftmaxOperation(Slot input, Slot output) : RowOperation
{
    public override void Run(Span<float> memory)
    {
        ReadOnlySpan<float> logits = input.In(memory);
        var probabilities = output.In(memory)[..logits.Length];
        var max = float.NegativeInfinity;
        foreach (var logit in logits)
            max = MathF.Max(max, logit);
        var sum = 0f;
        for (var i = 0; i < logits.Length; i++)
            sum += probabilities[i] = MathF.Exp(logits[i] - max);
        for (var i = 0; i < probabilities.Length; i++)
            probabilities[i] /= sum;
    }
}
