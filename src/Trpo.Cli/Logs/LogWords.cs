using System.Globalization;
using System.Text.RegularExpressions;

namespace Trpo.Cli.Logs;

/// <summary>The messages of the library about a log in the words of the command line: columns of the file instead of vectors, and options instead of members.</summary>
/// <param name="choice">The columns.</param>
internal sealed partial class LogWords(LogChoice choice)
{
    /// <summary>The texts of the library and those of the command line in their places. The longer of two texts that begin alike stands first.</summary>
    public static readonly (string Library, string Tool)[] Phrases =
    [
        ("CheckLog lists the faults", "`trpo log check` lists the faults"),
        (": train with TrpoOptions.ActionMask, or divide the probabilities of the eligible actions by their sum", ": train it with --eligible"),
        (" (LogColumns.Eligible)", " (--eligible)"),
        (" (PolicyColumns.Probability)", ""),
        ("CheckLog tells more", "`trpo log check` tells more"),
        (", or set LogColumns.Step to null if they are in the order of the view", ", or leave --step out if they are in the order of the file"),
        ("set LogColumns.Step to null", "leave --step out"),
        ("Put ReplaceMissingValues in front, or leave the row out", "Correct the value, or leave the row out"),
        ("Set TrpoFromLogOptions.RewardModel to RewardModel.Network, or put a transform such as ProjectToPrincipalComponents in front", "Choose --reward-model network, or name fewer columns with --features"),
        ("Scale the observations, by NormalizeMeanVariance for example, or choose another TrpoFromLogOptions.RewardModel", "Divide large numbers by a constant, or choose another --reward-model"),
        (", or set RewardModel or Estimator otherwise", ", or choose another --reward-model or --estimator"),
        ("less than MinEffectiveRows effective rows of those of the step: the start is returned. Log more rows, or lower that bound", "too few effective rows of those of the step: the start is returned. Log more rows"),
        (", or raise LogEvaluationOptions.RidgePenalty", ""),
        (", or lower TrpoFromLogOptions.HeldOutShare", ""),
        (", lower LogEvaluationOptions.Folds, or take", ", or take"),
        (", or put a transform such as ProjectToPrincipalComponents in front", ", or name fewer columns with --features"),
        ("Put a transform such as ProjectToPrincipalComponents in front", "Name fewer columns with --features"),
        (" (TakeRows, or FilterRowsByColumn on a random column)", ""),
        ("; LogColumns names those to read", ""),
        ("; LogColumns names the columns to read", ""),
    ];

    /// <summary>Gets or sets the names of the values of the observation; empty if they are not known.</summary>
    public IReadOnlyList<string> Observations { get; set; } = [];

    /// <summary>Returns a message in the words of the command line.</summary>
    public string Of(string message)
    {
        foreach (var (library, tool) in Phrases)
            message = message.Replace(library, tool, StringComparison.Ordinal);
        if (choice.Mask is { } mask)
        {
            message = NotEligible().Replace(message, match => match.Groups[2].Value == choice.Eligible
                ? $"action '{match.Groups[1].Value}' was taken, but column '{mask.ColumnOf(match.Groups[1].Value)}' has 0. Log what could be taken when the action was drawn."
                : match.Value);
        }

        return Value().Replace(message, match => NameOf(match.Groups[2].Value, int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)) ?? match.Value);
    }

    [GeneratedRegex("value ([0-9]{1,9}) of column '([^']*)'")]
    private static partial Regex Value();

    [GeneratedRegex("action '(.*?)' was taken, but column '([^']*)' has 0 for it\\. Log the mask that held when the action was drawn, in the order of the actions\\.")]
    private static partial Regex NotEligible();

    private string? NameOf(string column, int index)
    {
        if (column == choice.Eligible && choice.Mask is { } mask && index < mask.Columns.Count)
            return $"column '{mask.Columns[index]}'";
        if (column != choice.Observation)
            return null;
        return index < Observations.Count && Observations[index].Length > 0 ? $"the value of feature '{Observations[index]}'"
            : index < choice.Features.Count && choice.Features.All(feature => !feature.IsText) ? $"the value of feature '{choice.Features[index].Name}'" : null;
    }
}
