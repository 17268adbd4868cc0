using Trpo.Results.Files;
using Trpo.Results.Report;
using Trpo.Results.Statistics;
using Trpo.Results.Studies;
using Trpo.Results.Training;
using Trpo.Tests.Support;

namespace Trpo.Tests.Results;

public sealed class AblationsDocumentTests
{
    private static readonly Variation Better = Lambda("better");
    private static readonly Variation Doubtful = Lambda("doubtful");
    private static readonly Variation Unfinished = Lambda("unfinished");
    private static readonly Variation Nowhere = new("nowhere", "nowhere", "Nothing", study => study);

    [Test]
    public void The_table_has_a_row_for_each_variation_and_a_column_for_each_measure()
    {
        var timed = TinyStudy.Study with { Goal = new(5, SolvedBefore: 1_000) };
        var own = Reached(timed, (1, 300), (2, 600));
        var first = new Ablation(own, new Dictionary<string, Measured>
        {
            ["better"] = Reached(timed, (3, 300), (5, 300)),
            ["doubtful"] = Reached(timed, (0, 300), (3.04, null)),
            ["unfinished"] = new(timed, null, 1),
        });
        var second = new Ablation(Reached(TinyStudy.Other, (-10, null), (-10, null)), new Dictionary<string, Measured> { ["better"] = Reached(TinyStudy.Other, (-12, null), (-12.04, null)) });

        var text = AblationsDocument.Text([first, second], [Better, Doubtful, Unfinished, Nowhere], seeds: 2, episodes: 1);

        Assert.That(text, Does.Contain("""
            | variation | setting | Tiny-v0 | Tiny-v0: steps to solve | Other-v0 |
            | --- | --- | --- | --- | --- |
            | the study's own settings |  | 1.5 | 450 | -10.0 |
            | better made | `GaeLambda = better` | 4.0 (**+2.5**) | 300 (-150) | -12.0 (**-2.0**) |
            | doubtful made | `GaeLambda = doubtful` | 1.5 (0.0) | ≥ 450 (0) | = |
            | unfinished made | `GaeLambda = unfinished` | not measured | not measured | = |

            """.ReplaceLineEndings("\n")));
        Assert.That(text, Does.Contain("with 2 seeds").And.Contain("ablations all --seeds 2 --episodes 1\n"));
        Assert.That(text, Does.Contain("Of the 5 differences here,"));
        Assert.That(text, Does.Contain($"- Tiny-v0: {ResultsDocument.Describe(timed)}\n").And.Contain($"- Other-v0: {ResultsDocument.Describe(TinyStudy.Other)}\n"));
        Assert.That(text, Does.Not.Contain("nowhere").And.Not.Contain("¹"));
    }

    [Test]
    public void Without_the_studys_own_results_there_is_nothing_to_compare_with()
    {
        var ablation = new Ablation(new(TinyStudy.Study, null, 0), new Dictionary<string, Measured> { ["better"] = Reached(TinyStudy.Study, (3, null)) });
        var text = AblationsDocument.Text([ablation], [Better], seeds: 10, episodes: 100);

        Assert.That(text, Does.Contain("| the study's own settings |  | not measured |\n").And.Contain("| better made | `GaeLambda = better` | 3.0 |\n"));
        Assert.That(text, Does.Contain("-- ablations all\n").And.Not.Contain("Steps to solve"));
    }

    [Test]
    public void What_an_earlier_build_reached_is_marked()
    {
        var ablation = new Ablation(Reached(TinyStudy.Study, (1, null)), new Dictionary<string, Measured> { ["better"] = Reached(TinyStudy.Study, "earlier", (3, null)) });

        Assert.That(AblationsDocument.Text([ablation], [Better], seeds: 1, episodes: 1), Does.Contain("| 3.0 (**+2.0**) ¹ |").And.Contain("\n- ¹ Measured with these settings, but with an earlier build"));
    }

    [Test]
    public void The_document_tells_of_the_studies_as_they_are()
    {
        var document = File.ReadAllText(Path.Combine(Repository.Root, "docs", AblationsDocument.FileName));

        foreach (var study in Catalog.All)
            Assert.That(document, Does.Contain(ResultsDocument.Describe(study)), $"run 'dotnet run -c Release --project benchmarks/Trpo.Results -- ablations {study.Name}'");
        foreach (var variation in Variations.All.Where(variation => Catalog.All.Any(study => variation.Of(study) is not null)))
            Assert.That(document, Does.Contain($"\n| {variation.Title} | `{variation.Setting}` |"));
    }

    private static Variation Lambda(string name) => new(name, $"{name} made", $"GaeLambda = {name}", study => study);

    private static Measured Reached(Study study, params (double Mean, int? Solved)[] seeds) => Reached(study, LibraryBuild.Id, seeds);

    // 600 steps of training; the study is solved at a mean of 15 over 10 episodes.
    private static Measured Reached(Study study, string library, params (double Mean, int? Solved)[] seeds) => new(study, new Summary(study, [.. seeds.Select((reached, index) => TinyStudy.Result(index + 1, reached.Mean) with
    {
        Fingerprint = Fingerprint.Of(study, 1) with { Library = library },
        Curve = [.. new[] { 300, 600 }.Select(steps => new CurvePoint(steps, 1, steps >= reached.Solved ? 15 : 1, IsFull: true))],
    })]), seeds.Length);
}
