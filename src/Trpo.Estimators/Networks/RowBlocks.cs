namespace Trpo.Estimators.Networks;

/// <summary>A division of rows into blocks of equal lengths, the last of which may be shorter.</summary>
internal readonly record struct RowBlocks
{
    /// <param name="rows">The number of rows, at least 1.</param>
    /// <param name="maxLength">The maximum number of rows of a block, at least 1.</param>
    public RowBlocks(int rows, int maxLength)
    {
        Rows = rows;
        Length = DivideUp(rows, DivideUp(rows, maxLength));
        Count = DivideUp(rows, Length);
    }

    /// <summary>Gets the number of rows.</summary>
    public int Rows { get; }

    /// <summary>Gets the number of rows of every block but the last.</summary>
    public int Length { get; }

    /// <summary>Gets the number of blocks.</summary>
    public int Count { get; }

    /// <summary>Returns the index of the first row of a block.</summary>
    public int Start(int block) => block * Length;

    /// <summary>Returns the number of rows of a block.</summary>
    public int RowsOf(int block) => Math.Min(Length, Rows - Start(block));

    private static int DivideUp(int value, int divisor) => (int)(((long)value + divisor - 1) / divisor);
}
