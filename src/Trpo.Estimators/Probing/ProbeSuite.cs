using System.Diagnostics;
using Trpo.Estimators.Baselines;
using Trpo.Estimators.Distributions;
using Trpo.Estimators.Health;
using Trpo.Estimators.Optimization;
using Trpo.Estimators.Policies;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Probing;

/// <summary>The probes of training options: tasks with known answers, and measurements of the parts on the way.</summary>
/// <param name="options">The options.</param>
/// <param name="probe">The settings of the probes.</param>
/// <param name="train">Trains.</param>
/// <param name="throwIfCancelled">Called between two trainings.</param>
internal sealed class ProbeSuite(TrpoOptions options, ProbeOptions probe, ProbeTraining train, Action throwIfCancelled)
{
    private const int Environments = 8;
    private const int StepsPerIteration = 512;
    private const int Iterations = 30;
    private const double MinMaxKl = 0.01;

    // Values of the next observation and later rewards weigh alike, so that faults in both show.
    private const double Lambda = 0.5;
    private const double ValueTolerance = 0.05;
    private const double ActionTolerance = 0.2;
    private const double RatioTolerance = 0.1;

    private const string GradientMeaning = "The gradient is not that of the log-probabilities times the advantages: look at LogProbability and its gradient in the distribution, and at the derivatives of the network.";
    private const string CurvatureMeaning = "Fisher products are not the curvature of the divergence: look at FisherProduct and KullbackLeibler of the distribution, and at means that should be sums, or the reverse.";
    private const string UpdateMeaning = "The optimizer breaks its contract: an accepted step improves the objective within its radius and reports the divergence that it has, and any other leaves the parameters as they were.";
    private const string DistributionMeaning = "Two methods of the distribution disagree: its derivatives, entropy, divergence (the old distribution comes first), draws or exported graph.";

    private readonly List<ProbeResult> _results = [];

    /// <summary>The places of faults.</summary>
    public ProbeJoints Joints { get; init; } = new();

    /// <summary>Runs all probes.</summary>
    /// <exception cref="ArgumentException">The distribution can be created for no kind of actions.</exception>
    /// <exception cref="OperationCanceledException">The probes were cancelled.</exception>
    public ProbeReport Run()
    {
        var spaces = Spaces();
        if (options.Distribution is { } create)
            spaces.ForEach(space => Check("distribution", space.Name, "methods that disagree", DistributionMeaning, () => Verify(create, space)));
        Check("optimizer", "", "wrong steps on problems of two parameters", UpdateMeaning, VerifyOptimizer);
        foreach (var space in spaces)
        {
            var audits = new List<AuditedOptimizer>();
            foreach (var task in ProbeTask.All.Where(task => task.Values.Length == 0 || space == spaces[0]))
            {
                throwIfCancelled();
                audits.Add(Audit());
                Train(task, space, audits[^1]);
            }

            throwIfCancelled();
            AddMeasurements(space, audits);
        }

        return new ProbeReport(_results);
    }

    private List<ProbeSpace> Spaces()
    {
        if (options.ActionMask || probe.Actions == ProbedActions.Discrete)
            return [ProbeSpace.Discrete];
        if (probe.Actions == ProbedActions.Box)
            return [ProbeSpace.Box];
        if (options.Distribution is not { } create)
            return [ProbeSpace.Discrete, ProbeSpace.Box];
        var refusals = new List<Exception>();
        var spaces = new List<ProbeSpace>();
        foreach (var space in (ProbeSpace[])[ProbeSpace.Discrete, ProbeSpace.Box])
        {
            try
            {
                ActionDistributionCheck.VerifyExport(create(new DistributionArguments { Actions = space.Space }), space.Space);
                spaces.Add(space);
            }
            catch (Exception exception)
            {
                // A family is usually one of a single kind of actions, and refuses the other in its own way.
                refusals.Add(exception);
            }
        }

        return spaces.Count > 0 ? spaces : throw new ArgumentException(
            $"The factory in {nameof(TrpoOptions)}.{nameof(TrpoOptions.Distribution)} creates a distribution neither over three choices ({refusals[0].Message}) nor over a box of two numbers ({refusals[1].Message}). Set {nameof(ProbeOptions)}.{nameof(ProbeOptions.Actions)} to the kind that it is for to see the whole failure.", nameof(options));
    }

    private static double Verify(Func<DistributionArguments, IActionDistribution> create, ProbeSpace space)
    {
        DistributionProbe.Verify(create(new DistributionArguments { Actions = space.Space }), create, space.Space);
        return 0;
    }

    private double VerifyOptimizer()
    {
        var audit = Audit();
        audit.Step(TwoParameters.Ridge);
        audit.Step(TwoParameters.Cliff);
        var plain = TwoParameters.Plain;
        if (audit.Step(plain) is { Outcome: not TrustRegionOutcome.Accepted } rejected)
            throw new InvalidOperationException($"A step of a linear objective with little curvature has the outcome {rejected.Outcome}, though every step along the gradient improves it: look at the sign and the size of the damping.");
        if (!plain.FollowsGradient)
            throw new InvalidOperationException("A step of a linear objective of two parameters moved one of them against its gradient: look at the sign of the damping.");
        return audit.FirstViolation is { } violation ? throw new InvalidOperationException($"On a problem of two parameters, {violation}.") : 0;
    }

    private void Check(string name, string actions, string quantity, string meaning, Func<double> measure)
    {
        var clock = Stopwatch.StartNew();
        var (found, error) = (double.NaN, default(Exception));
        try
        {
            found = measure();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            error = exception;
        }

        _results.Add(new ProbeResult { Name = name, Actions = actions, Quantity = quantity, Expected = 0, Found = found, Tolerance = 0, Meaning = meaning, Error = error, Elapsed = clock.Elapsed });
    }

    private void Train(ProbeTask task, ProbeSpace space, AuditedOptimizer audit)
    {
        var clock = Stopwatch.StartNew();
        var (expected, found, quantity) = (1.0, double.NaN, "mean reward of the policy's actions, of at most 1");
        Exception? error = null;
        try
        {
            train(() => Joints.Environment(Environment(task, space)), Environments, Joints.Options(Settings(audit)), (policy, values) =>
                (expected, found, quantity) = task.Values.Length > 0 ? Value(task, space, policy, values) : (1, Reward(task, space, policy), quantity));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Parts of the user's own throw what they like; the report shows it.
            error = exception;
        }

        throwIfCancelled();
        _results.Add(new ProbeResult
        {
            Name = task.Name,
            Actions = space.Name,
            Quantity = quantity,
            Expected = expected,
            Found = found,
            Tolerance = task.Values.Length > 0 ? ValueTolerance * options.RewardScale : ActionTolerance,
            Meaning = task.Meaning,
            Error = error,
            Elapsed = clock.Elapsed,
        });
    }

    // What a task is, and how long it is trained, is the probe's own; the parts are those of the options.
    private TrpoOptions Settings(AuditedOptimizer audit) => options with
    {
        TotalSteps = Iterations * StepsPerIteration,
        StepsPerIteration = StepsPerIteration,
        FinalStepsPerIteration = StepsPerIteration,
        Discount = ProbeTask.Discount,
        GaeLambda = Lambda,
        EntropyBonus = 0,
        BootstrapTruncated = true,
        TargetReturn = null,
        Evaluation = null,
        InitialLogStandardDeviation = Math.Clamp(options.InitialLogStandardDeviation, -1, 0),
        FisherFraction = 1,
        Shards = options.Shards is { } shards ? Math.Min(shards, Environments) : null,
        Workers = null,
        TrustRegion = Radius(),
        FinalMaxKl = null,
        Optimizer = audit,
        Columns = new(),
        Progress = TrpoProgress.None,
        Cancellation = probe.Cancellation,
        Checkpoints = null,
        Health = new HealthOptions { MaxRejectedUpdates = null, EntropyCollapse = 0 },
        Seed = probe.Seed,
    };

    // A training takes thousands of small steps to an answer that a probe must reach in thirty.
    private TrustRegionOptions Radius() => options.TrustRegion with { MaxKl = Math.Max(options.TrustRegion.MaxKl, MinMaxKl) };

    private AuditedOptimizer Audit() => options.Optimizer is { } own
        ? new AuditedOptimizer(own, maxKl: null, needsTorch: true)
        : new AuditedOptimizer(new TrustRegionOptimizer(Radius()), Radius().MaxKl, needsTorch: false);

    private ProbeEnvironment Environment(ProbeTask task, ProbeSpace space) => new(task, space, probe.ObservationLength, options.NormalizeObservations, options.ActionMask);

    private (double Expected, double Found, string Quantity) Value(ProbeTask task, ProbeSpace space, StochasticPolicy policy, IValueFunction values) => task.Values.Select(known =>
    {
        var found = new double[1];
        values.Predict(policy.NetworkInputs(Observation(task, space, known.State)), found);
        return (Expected: known.Value * options.RewardScale, Found: found[0], known.Quantity);
    }).MaxBy(value => double.IsNaN(value.Found) ? double.PositiveInfinity : Math.Abs(value.Found - value.Expected));

    // Over the choices of a discrete policy; of the deterministic action in a box.
    private double Reward(ProbeTask task, ProbeSpace space, StochasticPolicy policy) => task.Starts.Average(state =>
    {
        var parameters = new double[policy.ParameterLength];
        policy.Evaluate(Observation(task, space, state), parameters);
        if (space.Space is DiscreteActionSpace)
            return Math.Exp(policy.Distribution.LogProbability(parameters, [ProbeSpace.Best(state)], []));
        var action = new float[space.Space.Length];
        policy.Distribution.Mode(parameters, action);
        return space.Worth(new(action), state, isMasked: false);
    });

    private float[] Observation(ProbeTask task, ProbeSpace space, int state)
    {
        var environment = Environment(task, space);
        var observation = new float[environment.ObservationSpace.Length];
        environment.Observe(state, observation);
        return observation;
    }

    private void AddMeasurements(ProbeSpace space, List<AuditedOptimizer> audits)
    {
        Add("gradient", "slope of the objective, as a share of the gradient", expected: 1, Farthest(audits.Select(audit => audit.Slope)), RatioTolerance, GradientMeaning);
        Add("curvature", "divergence, as a share of that by Fisher products", expected: 1, Farthest(audits.Select(audit => audit.Curvature)), RatioTolerance, CurvatureMeaning);
        var violation = audits.Select(audit => audit.FirstViolation).FirstOrDefault(text => text is not null);
        Add("update", "updates that break the contract of an optimizer", expected: 0, audits.Sum(audit => audit.Violations), tolerance: 0, violation is null ? UpdateMeaning : $"{UpdateMeaning} Here, {violation}.");

        void Add(string name, string quantity, double expected, double found, double tolerance, string meaning) =>
            _results.Add(new ProbeResult { Name = name, Actions = space.Name, Quantity = quantity, Expected = expected, Found = found, Tolerance = tolerance, Meaning = meaning });
    }

    // NaN, and a failure with it, if no training had a gradient to measure.
    private static double Farthest(IEnumerable<double> ratios) => ratios.Where(ratio => !double.IsNaN(ratio)).DefaultIfEmpty(double.NaN).MaxBy(ratio => Math.Abs(ratio - 1));
}
