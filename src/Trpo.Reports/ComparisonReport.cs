using System.Text;
using Trpo.Onnx.Files;
using Trpo.Reports.Comparisons;

namespace Trpo.Reports;

/// <summary>The report of a comparison: one page of HTML that opens without a network, with the learning curves of all groups, their scores over seeds, and the settings that differ.</summary>
public static class ComparisonReport
{
    /// <summary>Gets the usual name of the page.</summary>
    public static string FileName => "comparison.html";

    /// <summary>Writes the page. A file of that name is replaced.</summary>
    /// <param name="comparison">The comparison.</param>
    /// <param name="path">The path of the file; its folder is created if it is missing.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(RunComparison comparison, string path)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, Encoding.UTF8.GetBytes(ComparisonPage.Of(comparison)));
    }
}
