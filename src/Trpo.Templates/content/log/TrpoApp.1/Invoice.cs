namespace TrpoApp._1;

/// <summary>An unpaid invoice, as the policy sees it. The members have the names of the columns.</summary>
public sealed class Invoice
{
    public required string Customer { get; init; }

    public required float Amount { get; init; }

    public required float DaysLate { get; init; }
}
