using Trpo.Cli.Logs.Files;
using Trpo.Estimators.Logs;

namespace Trpo.Cli.Logs;

/// <summary>The columns of a log, each with its role.</summary>
/// <param name="Action">The column of the action.</param>
/// <param name="Reward">The column of the reward.</param>
/// <param name="Probability">The column of the probability, or of its logarithm.</param>
/// <param name="IsLogarithm">True if it is the logarithm.</param>
/// <param name="Features">The columns that a policy sees.</param>
internal sealed record LogChoice(string Action, string Reward, string Probability, bool IsLogarithm, IReadOnlyList<LogFeature> Features)
{
    /// <summary>Gets the column of the episodes; null if decisions are independent of each other.</summary>
    public string? Episode { get; init; }

    /// <summary>Gets the column of the steps within the episodes; null if they are in the order of the rows.</summary>
    public string? Step { get; init; }

    /// <summary>Gets the columns that tell which actions could be taken; null if all could be.</summary>
    public LogMask? Mask { get; init; }

    /// <summary>Gets the columns that a policy does not see, with the reasons.</summary>
    public IReadOnlyList<LogLeftOut> LeftOut { get; init; } = [];

    /// <summary>Gets the columns to load.</summary>
    public IReadOnlyList<LogField> Fields =>
    [
        new(Action, LogFieldType.Text), new(Reward, LogFieldType.Double), new(Probability, LogFieldType.Double),
        .. Episode is null ? Array.Empty<LogField>() : [new(Episode, LogFieldType.Text)],
        .. Step is null ? Array.Empty<LogField>() : [new(Step, LogFieldType.Double)],
        .. Features.Select(feature => new LogField(feature.Name, feature.IsText ? LogFieldType.Text : LogFieldType.Single) { Source = feature.Source }),

        // A policy of one vector may name the values of the mask among its features.
        .. (Mask?.Columns ?? []).Where(name => Features.All(feature => feature.Name != name)).Select(name => new LogField(name, LogFieldType.Single)),
    ];

    /// <summary>Gets the name of the column of observations, which no column of the log has.</summary>
    public string Observation => Unused("Observation");

    /// <summary>Gets the name of the column of masks, which no column of the log has.</summary>
    public string Eligible => Unused("Eligible");

    /// <summary>Gets the columns for the library.</summary>
    /// <param name="observation">The column of observations; null for none.</param>
    public LogColumns Columns(string? observation) => new(Action, Reward)
    {
        Probability = IsLogarithm ? null : Probability,
        LogProbability = IsLogarithm ? Probability : null,
        Observation = observation,
        Eligible = Mask is null ? null : Eligible,
        Episode = Episode,
        Step = Step,
    };

    private string Unused(string name)
    {
        while (Fields.Any(column => column.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
            name += "s";
        return name;
    }
}
