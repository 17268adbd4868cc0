namespace Trpo.Runtime.Operations;

/// <summary>A function of each number.</summary>
internal sealed class UnaryOperation(UnaryOperator operation, Slot input, Slot output) : RowOperation
{
    public override void Run(Span<float> memory)
    {
        ReadOnlySpan<float> numbers = input.In(memory);
        var results = output.In(memory)[..numbers.Length];
        for (var i = 0; i < numbers.Length; i++)
            results[i] = Compute(numbers[i]);
    }

    private float Compute(float number) => operation switch
    {
        UnaryOperator.Sigmoid => Logistic(number),
        UnaryOperator.IsNaN => float.IsNaN(number) ? 1 : 0,
        _ => number == 0 ? 0 : 1,
    };

    // Neither form overflows.
    private static float Logistic(float number)
    {
        var exponential = MathF.Exp(-MathF.Abs(number));
        return number >= 0 ? 1 / (1 + exponential) : exponential / (1 + exponential);
    }
}
