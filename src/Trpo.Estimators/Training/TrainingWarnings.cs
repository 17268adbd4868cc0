using Microsoft.ML;
using Trpo.Estimators.Environments.Checking;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Onnx;
using Trpo.Onnx.Rows;

namespace Trpo.Estimators.Training;

/// <summary>The warnings of settings and observations with which a training learns badly, or whose policy is of limited use.</summary>
/// <param name="environment">The environment.</param>
/// <param name="column">The column of the observations.</param>
/// <param name="options">The options.</param>
/// <param name="warn">Receives the warnings.</param>
internal sealed class TrainingWarnings(EnvironmentDataView environment, DataViewSchema.Column column, TrpoOptions options, Action<string> warn)
{
    private readonly HashSet<int> _ignored = [];

    /// <summary>Warns if files of the policy will be refused without the caller's word.</summary>
    public void WarnOfRefusal(PolicyTransformer policy)
    {
        // Managed code refuses what strangers' files may not have, whoever gives their word.
        if (policy.Session.Engine != PolicyEngine.Managed && PolicyAdmission.FindRefusal(policy.Onnx.ToArray()) is { } refusal)
            warn($"The policy trains, but its files will open with trust: true only, as PolicySession.Open(path, trust: true) or PolicyModel.Load(ml, path, trust: true, out var schema): {refusal}");
    }

    /// <summary>Warns if a new policy does not reach the bounds of the actions.</summary>
    public void WarnOfActionsOutOfReach()
    {
        if (ActionScale.Warning(environment.ActionSpace, environment.Name, Math.Exp(options.InitialLogStandardDeviation), options.RescaleActions) is { } warning)
            warn(warning);
    }

    /// <summary>Warns if observations are large or small, or far from 0 beside their deviation.</summary>
    /// <param name="observations">The observations, <c>[N, d]</c>.</param>
    /// <param name="length">Their length, <c>d</c>.</param>
    public void WarnOfScale(ReadOnlySpan<float> observations, int length)
    {
        var maskLength = options.ActionMask ? environment.ActionSpace.ScoreLength : 0;
        var names = DataViewColumns.GetSlotNames(column);
        if (ObservationScale.Warning(observations, length, column.Name, names, maskLength) is { } unscaled)
            warn(unscaled);
        else if (ObservationCenter.Warning(observations, length, column.Name, names, maskLength) is { } offCenter)
            warn(offCenter);
    }

    /// <summary>Warns of slots that vary in the environments and that the transforms keep constant. Called after every rollout, since a slot may begin to vary at any time; each slot is reported once.</summary>
    public void WarnOfIgnored(TransformedVectorEnvironment environments)
    {
        var found = environments.FindIgnored().Where(ignored => _ignored.Add(ignored.Slot)).ToList();
        if (ObservationScale.IgnoredWarning(found, column.Name, environment.Name, DataViewColumns.GetSlotNames(column)) is { } warning)
            warn(warning);
    }
}
