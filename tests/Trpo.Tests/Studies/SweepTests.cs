using Trpo.Estimators;
using Trpo.Estimators.Studies;

namespace Trpo.Tests.Studies;

/// <summary>Tests of sweeps: their trials, and which of them are trained on.</summary>
public sealed class SweepTests
{
    [Test]
    public void A_grid_has_all_combinations_in_the_order_of_the_file()
    {
        var sweep = Sweep.Read("""{ "settings": { "discount": [0.9, 0.97], "TRUSTREGION.maxKL": { "min": 0.01, "max": 0.04, "log": true, "count": 3 } } }""");

        Assert.That(sweep.Trials.Select(trial => trial.ToString()), Is.EqualTo(new[]
        {
            "discount = 0.9, trustRegion.maxKl = 0.01", "discount = 0.9, trustRegion.maxKl = 0.02", "discount = 0.9, trustRegion.maxKl = 0.04",
            "discount = 0.97, trustRegion.maxKl = 0.01", "discount = 0.97, trustRegion.maxKl = 0.02", "discount = 0.97, trustRegion.maxKl = 0.04",
        }));
        Assert.That(sweep.Trials[4].Options.TrustRegion.MaxKl, Is.EqualTo(0.02));
        Assert.That(sweep.Trials[4].Options.Discount, Is.EqualTo(0.97));
        Assert.That(sweep.Trials[5].Name, Is.EqualTo("trial-6"));
        Assert.That(sweep.Halving, Is.Null);
    }

    [Test]
    public void Random_trials_are_different_within_their_ranges_and_repeat_with_the_seed()
    {
        const string Json = """{ "settings": { "trustRegion.maxKl": { "min": 0.001, "max": 0.1, "log": true }, "reusedIterations": { "min": 0, "max": 3 }, "hiddenLayers": [[64, 64], [32]] }, "trials": 40, "seed": 5 }""";
        var trials = Sweep.Read(Json).Trials;

        Assert.That(trials, Has.Count.EqualTo(40));
        Assert.That(trials.Select(trial => trial.ToString()), Is.Unique.And.EqualTo(Sweep.Read(Json).Trials.Select(trial => trial.ToString())));
        Assert.That(trials.Select(trial => trial.Options.TrustRegion.MaxKl), Is.All.InRange(0.001, 0.1));
        Assert.That(trials.Count(trial => trial.Options.TrustRegion.MaxKl < 0.01), Is.InRange(10, 30), "half of a logarithmic range");
        Assert.That(trials.Select(trial => trial.Options.ReusedIterations).Distinct().Order(), Is.EqualTo(new[] { 0, 1, 2, 3 }), "whole numbers");
        Assert.That(trials.Select(trial => trial.Options.HiddenLayers.Count).Distinct(), Is.EquivalentTo(new[] { 1, 2 }));
        Assert.That(Sweep.Read(Json.Replace("\"seed\": 5", "\"seed\": 6", StringComparison.Ordinal)).Trials.Select(trial => trial.ToString()), Is.Not.EqualTo(trials.Select(trial => trial.ToString())));
    }

    [TestCase("""{ "settings": { "trustRegion.maxKL2": [1] } }""", "varies 'trustRegion.maxKL2', but there is no such setting. The nearest name is 'trustRegion.maxKl'")]
    [TestCase("""{ "settings": { "discont": [1] } }""", "The nearest name is 'discount'")]
    [TestCase("""{ "settings": { "maxKl": [1] } }""", "The nearest name is 'trustRegion.maxKl'")]
    [TestCase("""{ "settings": { "seed": [1, 2] } }""", "'seed', which is the same in all of its trials")]
    [TestCase("""{ "settings": { "discount": [1.5] } }""", "trial-1 of the sweep (discount = 1.5) cannot be trained: Discount must be from 0 to 1")]
    [TestCase("""{ "settings": { "discount": ["high"] } }""", "Option 'discount' must be a number, not \"high\"")]
    [TestCase("""{ "settings": { "discount": 0.9 } }""", "The setting 'discount' of the sweep must be a list")]
    [TestCase("""{ "settings": { "discount": [] } }""", "The setting 'discount' of the sweep must be a list")]
    [TestCase("""{ "settings": { "discount": { "min": 0.9, "max": 0.99 } } }""", "'discount' is a range without a 'count'")]
    [TestCase("""{ "settings": { "discount": { "min": 0.9 } }, "trials": 2 }""", "The range of 'discount' has no number 'max'")]
    [TestCase("""{ "settings": { "discount": { "min": 0.9, "max": 0.8 } }, "trials": 2 }""", "min must be less than max")]
    [TestCase("""{ "settings": { "entropyBonus": { "min": 0, "max": 0.8, "log": true } }, "trials": 2 }""", "more than 0 where log is true")]
    [TestCase("""{ "settings": { "discount": { "min": 0.9, "max": 0.99, "steps": 3 } } }""", "The range of 'discount' has 'steps'")]
    [TestCase("""{ "settings": { "discount": [0.9], "Discount": [0.8] } }""", "'discount' twice")]
    [TestCase("""{ "settings": { "discount": [0.9, 0.8] }, "trials": 3 }""", "asks for 3 trials, but there are hardly more than 2")]
    [TestCase("""{ "settings": { "discount": [0.9] }, "trails": 3 }""", "A sweep has no 'trails'")]
    [TestCase("""{ "settings": { "discount": [0.9] }, "halving": { } }""", "'halving' must have the steps of its first comparison")]
    [TestCase("""{ "settings": { "discount": [0.9] }, "halving": { "firstSteps": 10, "keep": 1 } }""", "'keep' of 'halving' must be a number above 0 and below 1")]
    [TestCase("""{ "settings": { } }""", "A sweep must have 'settings'")]
    [TestCase("[", "The sweep is not JSON")]
    public void What_is_no_sweep_is_refused_by_name(string json, string message) => Assert.That(() => Sweep.Read(json), Throws.TypeOf<InvalidDataException>().With.Message.Contains(message));

    [Test]
    public void Settings_of_a_trial_are_an_options_file()
    {
        var trial = Sweep.Read("""{ "settings": { "trustRegion.maxKl": [0.03], "trustRegion.damping": [0.2], "discount": [0.9] } }""").Trials.Single();
        var options = TrpoOptionsJson.Read(Sweep.WriteSettings(trial));

        Assert.That((options.TrustRegion.MaxKl, options.TrustRegion.Damping, options.Discount), Is.EqualTo((0.03, 0.2, 0.9)));
    }

    [Test]
    public void Halving_trains_the_best_share_for_as_many_times_as_long()
    {
        var halving = new SuccessiveHalving { FirstSteps = 1_000 };

        Assert.That(halving.Rungs(20_000), Is.EqualTo(new[] { 1_000, 3_000, 9_000, 20_000 }));
        Assert.That(halving.Rungs(500), Is.EqualTo(new[] { 500 }));
        Assert.That(halving.Survivors([1, 9, double.NaN, 5, 9, 2, 3]), Is.EqualTo(new[] { 1, 3, 4 }), "a third of 7, rounded up");
        Assert.That(halving.Survivors([2, 2, 2]), Is.EqualTo(new[] { 0 }), "the first of equal ones");
        Assert.That(halving.Survivors([double.NaN, double.NaN]), Is.Empty);
        Assert.That(halving.Survivors([double.NaN, double.NegativeInfinity]), Is.EqualTo(new[] { 1 }), "a failure is worse than any return");
        Assert.That(() => new SuccessiveHalving { FirstSteps = 0 }.Rungs(10), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void A_sweep_trains_survivors_on_and_ranks_all_trials()
    {
        var sweep = Sweep.Read("""{ "settings": { "discount": [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] }, "halving": { "firstSteps": 100 } }""");
        var calls = new List<(int Trial, int Steps)>();
        var results = sweep.Run((trial, steps, _) =>
        {
            lock (calls)
                calls.Add((trial.Index, steps));
            return trial.Index == 8 ? throw new InvalidOperationException("diverged") : trial.Options.Discount * steps;
        }, totalSteps: 500, parallel: 3);

        Assert.That(calls.Where(call => call.Steps == 100).Select(call => call.Trial), Is.EquivalentTo(Enumerable.Range(0, 9)));
        Assert.That(calls.Where(call => call.Steps == 300).Select(call => call.Trial), Is.EquivalentTo(new[] { 5, 6, 7 }));
        Assert.That(calls.Where(call => call.Steps == 500).Select(call => call.Trial), Is.EqualTo(new[] { 7 }));
        Assert.That(results.Select(result => result.Trial.Index), Is.EqualTo(new[] { 7, 6, 5, 4, 3, 2, 1, 0, 8 }));
        Assert.That(results[0].Return, Is.EqualTo(400).Within(1e-9));
        Assert.That(results[^1].Failure, Is.TypeOf<InvalidOperationException>());
        Assert.That(double.IsNaN(results[^1].Return), Is.True);
    }

    [Test]
    public void A_cancelled_sweep_throws_and_begins_no_further_trial()
    {
        using var source = new CancellationTokenSource();
        var begun = 0;
        var sweep = Sweep.Read("""{ "settings": { "discount": [0.1, 0.2, 0.3] } }""");

        Assert.That(() => sweep.Run(Train, 10, parallel: 1, source.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(begun, Is.EqualTo(1));

        double Train(SweepTrial trial, int steps, CancellationToken cancel)
        {
            begun++;
            source.Cancel();
            return 1;
        }
    }

    [Test]
    public void Runs_of_a_study_are_side_by_side_and_keep_their_order()
    {
        using var both = new Barrier(2);
        var outcomes = StudyRunner.Run([0, 1, 2, 3], (job, cancel) => both.SignalAndWait(TimeSpan.FromMinutes(1), cancel) ? job == 2 ? throw new InvalidDataException("2") : 10 * job : -1, parallel: 2);

        Assert.That(outcomes.Select(outcome => outcome.Result), Is.EqualTo(new[] { 0, 10, 0, 30 }), "each waits for another");
        Assert.That(outcomes.Select(outcome => outcome.Failure?.Message), Is.EqualTo(new[] { null, null, "2", null }));
        Assert.That(() => StudyRunner.Run([0], (job, _) => job, parallel: 0), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(StudyRunner.Run(Array.Empty<int>(), (job, _) => job), Is.Empty);
    }
}
