using Microsoft.ML.Data;

namespace TrpoApp._1;

/// <summary>A row of the log: an invoice, the reminder that was drawn with which probability, and what came of it. The number of the invoice, in column 0, tells nothing.</summary>
public sealed class Reminder
{
    [LoadColumn(1)]
    public string Customer { get; set; } = "";

    [LoadColumn(2)]
    public float Amount { get; set; }

    [LoadColumn(3)]
    public float DaysLate { get; set; }

    [LoadColumn(4)]
    public string Channel { get; set; } = "";

    [LoadColumn(5)]
    public double Probability { get; set; }

    [LoadColumn(6)]
    public double Gain { get; set; }
}
