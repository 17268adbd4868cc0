using Trpo.Results.Files;
using Trpo.Results.Report;

namespace Trpo.Results;

/// <summary>The verb <c>check</c>: compares the kept results with the goals, without training.</summary>
internal static class ResultsCheck
{
    /// <returns>0 if all goals are reached, otherwise 1.</returns>
    public static int Execute(ResultsSettings settings, TextWriter output)
    {
        var store = new ResultStore(settings.Kept);
        var missed = 0;
        foreach (var study in settings.Chosen)
        {
            var (holds, line) = Gate.Check(Measured.Of(study, store, settings.Seeds, settings.Episodes), settings.Seeds);
            output.WriteLine(line);
            missed += holds ? 0 : 1;
        }

        output.WriteLine(missed == 0 ? "All goals are reached." : $"{missed} of {settings.Chosen.Count} goals are missed.");
        return missed == 0 ? 0 : 1;
    }
}
