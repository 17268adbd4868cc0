using System.Globalization;
using Microsoft.ML;
using Trpo.Estimators.Baselines;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Distributions;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Estimators.Policies;
using Trpo.Estimators.Resuming;
using Trpo.Onnx.Rows;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Training;

/// <summary>The start of a training from a trained policy. It refuses one of other spaces or other parts by name.</summary>
/// <param name="initial">The trained policy.</param>
/// <param name="options">The options of the training.</param>
/// <param name="environment">The environment of the training.</param>
internal sealed class WarmStart(InitialPolicy initial, TrpoOptions options, EnvironmentDataView environment)
{
    private const int UnknownObservations = 10_000;

    /// <summary>Refuses an initial policy whose observations have other names than those of a training.</summary>
    /// <param name="initial">The initial policy; null for none.</param>
    /// <param name="column">The column of the observations.</param>
    /// <returns>The column.</returns>
    /// <exception cref="ArgumentException">They differ.</exception>
    public static DataViewSchema.Column Checked(InitialPolicy? initial, DataViewSchema.Column column)
    {
        var names = DataViewColumns.GetSlotNames(column);
        if (initial?.Metadata?.Observations.Names is not { IsEmpty: false } known || names.Length != known.Length)
            return column;
        for (var i = 0; i < known.Length; i++)
        {
            if (known[i] != names[i])
                throw Refusal(initial, $"value {i.ToString(CultureInfo.InvariantCulture)} of its observation is '{known[i]}', but that of the training is '{names[i]}'. Give it the same columns in the same order.");
        }

        return column;
    }

    /// <summary>Gives a new policy the state of the initial one.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="observationLength">The number of values of an observation.</param>
    /// <exception cref="ArgumentException">The initial policy is of other spaces or other parts; the message names the difference.</exception>
    public void Apply(StochasticPolicy policy, int observationLength)
    {
        if (initial.Checkpoint is { } checkpoint)
            Apply(checkpoint, policy, observationLength);
        else
            ApplyGraph(policy, observationLength);
    }

    /// <summary>Gives a new value function the state of that of the checkpoint; does nothing where the initial policy has none.</summary>
    /// <param name="values">The value function.</param>
    /// <exception cref="ArgumentException">It is one of another kind or of other layers.</exception>
    public void Apply(IValueFunction values)
    {
        if (initial.Checkpoint is not { } checkpoint || values is not ICheckpointable part)
            return;
        var saved = Facts(checkpoint).GetValueOrDefault("value function");
        if (saved != values.GetType().Name)
            throw Refusal($"its value function is a {saved}, but that of the training is a {values.GetType().Name}. Begin with the model.zip of that training, which has none.");
        Restore(checkpoint, "value function", part, $"{nameof(TrpoOptions.ValueFunction)}.{nameof(ValueFunctionOptions.HiddenLayers)}");
    }

    private void Apply(CheckpointContent checkpoint, StochasticPolicy policy, int observationLength)
    {
        var facts = Facts(checkpoint);
        Require("actions", SpaceDescription.Of(environment.ActionSpace));
        Require("length of an observation", observationLength.ToString(CultureInfo.InvariantCulture));
        Require("policy", policy.Architecture);
        Require("option normalizeObservations", options.NormalizeObservations ? "true" : "false");
        Require("option actionMask", options.ActionMask ? "true" : "false");
        Require("option rescaleActions", options.RescaleActions ? "true" : "false");
        Restore(checkpoint, "policy", policy, nameof(TrpoOptions.HiddenLayers));

        void Require(string name, string value)
        {
            if (facts.GetValueOrDefault(name) is var saved && saved != value)
                throw Refusal($"its {name} is {saved ?? "unknown"}, but that of the training is {value}.");
        }
    }

    private static Dictionary<string, string> Facts(CheckpointContent checkpoint)
    {
        RunIdentity? identity = null;
        checkpoint.Restore(TrainingCheckpoints.Identity, reader => identity = RunIdentity.Restore(reader));
        return identity!.ToDictionary();
    }

    private void Restore(CheckpointContent checkpoint, string name, ICheckpointable part, string option)
    {
        try
        {
            checkpoint.Restore(name, part.RestoreState);
        }
        catch (CheckpointException exception)
        {
            throw Refusal($"its {name} is not one of this training: {exception.Message} Compare {option}.", exception);
        }
    }

    private void ApplyGraph(StochasticPolicy policy, int observationLength)
    {
        var (metadata, constants) = (initial.Metadata!, initial.Graph!.Constants);
        RequireActions(metadata.Actions);
        if (metadata.Observations.Length != observationLength)
            throw Refusal(string.Create(CultureInfo.InvariantCulture, $"its observations have {metadata.Observations.Length} values, but those of the training have {observationLength}."));
        if (metadata.HasActionMask != options.ActionMask)
            throw Refusal($"it {(metadata.HasActionMask ? "expects a mask" : "has no mask")} at the end of an observation, but {nameof(TrpoOptions.ActionMask)} is {options.ActionMask}.");
        if (options.Network is not null || options.Distribution is not null)
            throw Refusal($"the parameters of a {nameof(TrpoOptions.Network)} or {nameof(TrpoOptions.Distribution)} of your own cannot be read from a policy's graph. Begin with a checkpoint of its training.");
        if (initial.HiddenLayers is not { } layers)
            throw Refusal("its network is no perceptron, or its graph has transforms in front of it. Begin with the model.zip of that training, or with a checkpoint.");
        if (!layers.SequenceEqual(options.HiddenLayers))
            throw Refusal($"its hidden layers have the widths [{Text(layers)}], but {nameof(TrpoOptions.HiddenLayers)} is [{Text(options.HiddenLayers)}]. {nameof(InitialPolicy)}.{nameof(InitialPolicy.Adapt)} returns options with its layers.");
        if (initial.HiddenActivation is { } activation && activation != options.HiddenActivation)
            throw Refusal($"its activation function is {activation}, but {nameof(TrpoOptions.HiddenActivation)} is {options.HiddenActivation}.");
        var normalizes = constants.ContainsKey("observation_mean");
        if (normalizes != options.NormalizeObservations)
            throw Refusal($"it {(normalizes ? "normalizes" : "does not normalize")} observations, but {nameof(TrpoOptions.NormalizeObservations)} is {options.NormalizeObservations}.");
        if (environment.ActionSpace is BoxActionSpace && constants.ContainsKey("scales") != policy.Distribution is CensoredGaussianDistribution { HasUnits: true })
            throw Refusal($"it computes actions in other units: {nameof(TrpoOptions.RescaleActions)} is {options.RescaleActions}.");

        var parameters = policy.Network.Shapes.SelectMany(parameter => Constant(parameter.Name.Replace('.', '_'), parameter.Shape.Aggregate(1L, (product, length) => product * length))).Select(value => (double)value);
        var deviations = policy.Distribution is CensoredGaussianDistribution gaussian ? gaussian.ParametersOf(Constant("log_standard_deviations", environment.ActionSpace.Length)) : [];
        policy.Assign([.. parameters, .. deviations]);
        if (policy.Normalizer is { } normalizer)
            normalizer.Begin(Constant("observation_mean", observationLength), Constant("observation_scale", observationLength), Observations());
    }

    private float[] Constant(string name, long length) => initial.Graph!.Constants.TryGetValue(name, out var values) && values.Length == length
        ? values
        : throw Refusal($"its graph has no constant '{name}' of {length.ToString(CultureInfo.InvariantCulture)} values, as a policy of these options has.");

    // The statistics of a policy count as much as the observations that they were made of.
    private int Observations()
    {
        var provenance = initial.Metadata!.Provenance;
        return int.TryParse(provenance.GetValueOrDefault("steps") ?? provenance.GetValueOrDefault("rows"), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0
            ? Math.Min(count, int.MaxValue / 4)
            : UnknownObservations;
    }

    private void RequireActions(ActionSpace known)
    {
        var space = environment.ActionSpace;
        if (SpaceDescription.Of(known) == SpaceDescription.Of(space))
            return;
        var more = space.ScoreNames.Except(known.ScoreNames).ToList();
        var fewer = known.ScoreNames.Except(space.ScoreNames).ToList();
        var difference = string.Concat(more.Count > 0 ? $" It does not know {string.Join(", ", more.Select(name => $"'{name}'"))}." : "", fewer.Count > 0 ? $" The environment does not have {string.Join(", ", fewer.Select(name => $"'{name}'"))}." : "");
        throw Refusal($"its actions are {SpaceDescription.Of(known)}, but those of environment '{environment.Name}' are {SpaceDescription.Of(space)}.{difference}");
    }

    private static string Text(IEnumerable<int> widths) => string.Join(", ", widths.Select(width => width.ToString(CultureInfo.InvariantCulture)));

    private ArgumentException Refusal(string reason, Exception? inner = null) => Refusal(initial, reason, inner);

    private static ArgumentException Refusal(InitialPolicy initial, string reason, Exception? inner = null, string option = nameof(TrpoOptions.InitialPolicy)) =>
        new($"Training cannot begin with {option} {initial}: {reason}", option, inner);
}
