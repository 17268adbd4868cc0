using System.Globalization;
using Trpo.Cli.Foundation;
using Trpo.Cli.Logs.Files;

namespace Trpo.Cli.Logs;

/// <summary>The columns of a log with their roles, on the terminal.</summary>
internal static class LogColumnText
{
    /// <summary>Writes a line of the roles, one of the features, and one for each column that is left out.</summary>
    public static void Write(LogFile file, LogChoice choice, Terminal terminal)
    {
        var episode = choice.Episode is null ? "" : $", episode '{choice.Episode}'{(choice.Step is null ? "" : $", step '{choice.Step}'")}";
        terminal.WriteLine($"Columns: action '{choice.Action}', reward '{choice.Reward}', probability '{choice.Probability}'{(choice.IsLogarithm ? " (logarithm)" : "")}{episode}{(choice.Mask is { } mask ? $", eligible {string.Join(", ", mask.Columns.Select(name => $"'{name}'"))}" : "")}");
        terminal.WriteLine($"Features: {string.Join(", ", choice.Features.Select(feature => $"'{feature.Name}' ({KindOf(file, feature)})"))}");
        foreach (var names in file.Columns.Select(column => column.Name).GroupBy(name => name, StringComparer.OrdinalIgnoreCase).Where(names => names.Count() > 1))
            terminal.Warn($"The names of the columns {string.Join(" and ", names.Select(name => $"'{name}'"))} differ in case alone: an option that names one must have its case, and other tools may take them for one.");
        foreach (var column in choice.LeftOut)
            terminal.WriteLine($"Left out: '{column.Name}', since {column.Reason}");
        if (choice.LeftOut.Count > 0)
            terminal.WriteLine($"A policy sees a column that is left out if --features names it beside the others.");
    }

    /// <summary>Writes a line of the features in which numbers are missing, if there are some: what stands for them is the mean of the rows that the policy was learned from.</summary>
    public static void WriteMissing(LogFile file, LogChoice choice, Terminal terminal)
    {
        var features = choice.Features.Where(feature => !feature.IsText && ColumnOf(file, feature).Missing > 0).Select(feature => $"'{feature.Name}' ({KindOf(file, feature)})").ToList();
        if (features.Count > 0)
            terminal.WriteLine($"Means of the rows that were learned from stand for what is missing in {string.Join(", ", features)}.");
    }

    /// <summary>Returns the kind of a feature: numbers, or the number of categories, with the number of missing cells and the place of the first.</summary>
    private static string KindOf(LogFile file, LogFeature feature)
    {
        var column = ColumnOf(file, feature);
        var kind = feature.IsText ? string.Create(CultureInfo.InvariantCulture, $"{column.Values} categor{(column.Values == 1 ? "y" : "ies")}") : "numbers";
        return column.Missing == 0 ? kind : string.Create(CultureInfo.InvariantCulture, $"{kind}, {column.Missing:N0} missing, first in {column.FirstMissing}");
    }

    // A policy may name its columns in another case.
    private static LogColumn ColumnOf(LogFile file, LogFeature feature) =>
        file.Columns.FirstOrDefault(column => column.Name == feature.Name) ?? file.Columns.First(column => column.Name.Equals(feature.Name, StringComparison.OrdinalIgnoreCase));
}
