using Trpo.Results.Report;
using Trpo.Results.Studies;
using Trpo.Tests.Support;

namespace Trpo.Tests.Results;

public sealed class ResultsDocumentTests
{
    [Test]
    public void The_document_tells_of_the_studies_as_they_are()
    {
        var document = File.ReadAllText(Path.Combine(Repository.Root, "docs", ResultsDocument.FileName));

        foreach (var study in Catalog.All)
        {
            Assert.That(document, Does.Contain(ResultsDocument.Describe(study)), $"run 'dotnet run -c Release --project benchmarks/Trpo.Results -- {study.Name}'");
            Assert.That(File.Exists(Path.Combine(Repository.Root, "docs", ResultsDocument.PictureOf(study.Name))), study.Name);
        }
    }
}
