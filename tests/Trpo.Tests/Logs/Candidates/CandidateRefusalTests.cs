using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Learning;

namespace Trpo.Tests.Logs.Candidates;

/// <summary>Tests that rows of candidates that cannot be learned from are refused, with the place and the remedy.</summary>
public sealed class CandidateRefusalTests
{
    private readonly MLContext _ml = new(seed: 1);

    private static IEnumerable<TestCaseData> Faults =>
    [
        new((CandidateRow row) => row with { Eligible = new float[10] }, LogFault.NoCandidates, "In row 7 (from 0), no candidate exists: column 'Eligible' is 0 for all."),
        new((CandidateRow row) => row with { Action = 9 }, LogFault.ActionNotEligible, "In row 7 (from 0), candidate 9 was taken, which is padding: column 'Eligible' has 0 for it."),
        new((CandidateRow row) => row with { Action = 10 }, LogFault.ActionUnknown, "the action in column 'Action' is 10"),
        new((CandidateRow row) => row with { Features = [.. row.Features[..7], float.NaN, .. row.Features[8..]] }, LogFault.ActionFeaturesNotFinite, "In row 7 (from 0), feature 2 of candidate 1 in column 'Features' is NaN."),
        new((CandidateRow row) => row with { Features = [.. row.Features[..49], float.NaN] }, LogFault.ObservationNotFinite, "value 53 of column 'Observation' is NaN"),
        new((CandidateRow row) => row with { Eligible = [.. row.Eligible[..9], 0.5f] }, LogFault.MaskInvalid, "value 9 of column 'Eligible' is 0.5"),
    ];

    [TestCaseSource(nameof(Faults))]
    public void A_row_with_a_fault_is_refused_and_found(object change, LogFault fault, string message)
    {
        var rows = Rows();
        rows[7] = ((Func<CandidateRow, CandidateRow>)change)(rows[7]);
        var view = CandidateWorld.Pipeline(_ml).Fit(CandidateRow.View(_ml, rows)).Transform(CandidateRow.View(_ml, rows));
        var report = _ml.ReinforcementLearning.CheckLog(view, CandidateWorld.Columns);

        Assert.That(() => Learn(rows), Throws.TypeOf<LogException>().With.Message.Contains(message).And.Property(nameof(LogException.Row)).EqualTo(7));
        Assert.That(() => _ml.ReinforcementLearning.EvaluateFromLog(context => [.. context.Eligible.ToArray().Select(can => can ? 0.25 : 0)], view, CandidateWorld.Columns), Throws.TypeOf<LogException>().With.Message.Contains(message));
        Assert.That(report.Findings.Single(finding => finding.Fault == fault).Message, Does.Contain(message));
    }

    [Test]
    public void Padding_of_a_column_that_is_not_observed_may_hold_anything()
    {
        var rows = Rows();
        rows[7] = rows[7] with { Features = [.. rows[7].Features[..49], float.NaN] };

        Assert.That(() => _ml.ReinforcementLearning.EvaluateFromLog(context => [.. context.Eligible.ToArray().Select(can => can ? 0.25 : 0)], CandidateRow.View(_ml, rows), CandidateWorld.Columns with { Observation = "Context" }), Throws.Nothing);
    }

    [Test]
    public void Columns_of_other_lengths_are_refused()
    {
        var rows = Rows();
        Assert.Multiple(() =>
        {
            Assert.That(() => Learn(rows, CandidateWorld.Columns with { Eligible = null }), Throws.ArgumentException.With.Message.Contains("LogColumns.ActionFeatures names column 'Features', but Eligible is null"));
            Assert.That(() => Learn([.. rows.Select(row => row with { Features = row.Features[..49] })]), Throws.ArgumentException.With.Message.Contains("Column 'Features' has 49 values, which is no multiple of the 10 candidates that column 'Eligible' has"));
            Assert.That(() => Learn(rows, CandidateWorld.Columns with { ActionFeatures = "Items" }), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("Could not find action features column 'Items'"));
            Assert.That(() => Learn(rows, CandidateWorld.Columns with { ActionFeatures = "Ids" }), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("Schema mismatch for action features column 'Ids'"));
            Assert.That(() => Learn(rows, CandidateWorld.Columns with { Observation = "Context" }), Throws.ArgumentException.With.Message.Contains("Column 'Context' has 4 values, where the policy reads the candidates").And.Message.Contains("Concatenate(\"Context\", ..., \"Features\", \"Eligible\")"));
            Assert.That(() => Learn(rows, front: "Eligible"), Throws.TypeOf<LogException>().With.Message.Contains("In row 0 (from 0), column 'Observation' ends otherwise"));
        });
    }

    [Test]
    public void A_policy_that_saw_other_candidates_than_the_log_is_refused()
    {
        CandidateRow[] rows = Rows(), others = Rows();
        others[9] = others[9] with { Features = [.. others[9].Features.Select(value => value + 1)] };
        var chain = Chain("Context", CandidateWorld.Columns).Fit(CandidateRow.View(_ml, rows));
        var view = _ml.Transforms.CopyColumns("Shown", "Features").Fit(CandidateRow.View(_ml, rows)).Transform(CandidateRow.View(_ml, rows));

        Assert.That(() => _ml.ReinforcementLearning.EvaluateFromLog(chain, view, CandidateWorld.Columns with { ActionFeatures = "Shown" }), Throws.Nothing);
        Assert.That(() => _ml.ReinforcementLearning.EvaluateFromLog(
            context => [.. context.Eligible.ToArray().Select(can => can ? 0.25 : 0)],
            _ml.Data.LoadFromEnumerable(rows.Select((row, i) => new Mixed { Observation = (i == 9 ? others[9] : row).Observation, Features = row.Features, Eligible = row.Eligible, Action = row.Action, Probability = row.Probability, Reward = row.Reward })),
            CandidateWorld.Columns), Throws.TypeOf<LogException>().With.Message.Contains("In row 9 (from 0), column 'Observation' does not end with the values of columns 'Features' and 'Eligible'"));
    }

    [Test]
    public void A_log_whose_chosen_candidate_is_always_the_first_can_be_learned_from()
    {
        CandidateRow[] rows = [.. Rows().Select(row => row with { Features = [.. row.Features[(row.Action * 5)..((row.Action * 5) + 5)], .. row.Features[..(row.Action * 5)], .. row.Features[((row.Action * 5) + 5)..]], Action = 0 })];

        Assert.That(() => Learn(rows), Throws.Nothing);
    }

    // Four candidates in each row.
    private static CandidateRow[] Rows() => [.. CandidateWorld.Draw(80, seed: 11, minCandidates: 4).Select(row => row with
    {
        Features = [.. row.Features[..20], .. new float[30]],
        Eligible = [1, 1, 1, 1, 0, 0, 0, 0, 0, 0],
        Action = row.Action % 4,
    })];

    private void Learn(IReadOnlyList<CandidateRow> rows, LogColumns? columns = null, string front = "Context") => Chain(front, columns ?? CandidateWorld.Columns).Fit(CandidateRow.View(_ml, rows));

    private Microsoft.ML.Data.EstimatorChain<Trpo.Onnx.PolicyTransformer> Chain(string front, LogColumns columns) => _ml.Transforms.Concatenate("Observation", [front, .. new[] { "Context", "Features", "Eligible" }.Except([front])])
        .Append(_ml.ReinforcementLearning.Trainers.TrpoFromLog(columns, new TrpoFromLogOptions { Seed = 1, Iterations = 1, HiddenLayers = [4] }));

    private sealed class Mixed
    {
        [Microsoft.ML.Data.VectorType(64)]
        public float[] Observation { get; set; } = [];

        [Microsoft.ML.Data.VectorType(50)]
        public float[] Features { get; set; } = [];

        [Microsoft.ML.Data.VectorType(10)]
        public float[] Eligible { get; set; } = [];

        public int Action { get; set; }

        public double Probability { get; set; }

        public double Reward { get; set; }
    }
}
