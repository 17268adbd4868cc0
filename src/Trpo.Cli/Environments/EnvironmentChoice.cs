using Microsoft.ML;
using Trpo.Cli.Foundation;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.DataViews;

namespace Trpo.Cli.Environments;

/// <summary>Which environment to act in.</summary>
/// <param name="Name">The name of one that the tool has, or of a type in the assembly; null for the only one in it.</param>
/// <param name="Assembly">The path of an assembly with environments; null for those that the tool has.</param>
/// <param name="MaxEpisodeSteps">The step after which an episode is truncated; null to leave that to the environment.</param>
internal sealed record EnvironmentChoice(string? Name, string? Assembly = null, int? MaxEpisodeSteps = null)
{
    /// <summary>What creates one.</summary>
    /// <exception cref="CommandException">There is no such environment.</exception>
    public Func<IEnvironment> Factory()
    {
        var create = Create();
        return MaxEpisodeSteps is { } limit ? () => new TimeLimit(create(), limit) : create;
    }

    /// <summary>The data view of several of them.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="count">How many.</param>
    /// <param name="threads">The threads that step them.</param>
    /// <param name="column">The name of the column of observations, where there is only one.</param>
    /// <exception cref="CommandException">There is no such environment.</exception>
    /// <exception cref="EnvironmentException">It breaks its contract, or fails.</exception>
    public EnvironmentDataView Load(MLContext ml, int count, int threads, string? column = null)
    {
        var factory = Factory();
        try
        {
            var view = ml.ReinforcementLearning.LoadFromEnvironment(factory, count, threads: threads);
            return column is null || !view.ObservationSpace.Columns.IsEmpty ? view : ml.ReinforcementLearning.LoadFromEnvironment(factory, count, column, threads: threads);
        }
        catch (Exception exception) when (exception is not EnvironmentException and not CommandException)
        {
            // Nothing but the environment's own code runs here.
            throw Failed(exception);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Assembly is null ? $"{Name}" : $"{Name ?? "the environment"} of {Assembly}";

    private Func<IEnvironment> Create()
    {
        if (Assembly is not null)
            return EnvironmentAssembly.Load(Assembly).Find(Name).Create;
        return ClassicEnvironments.Find(Name ?? "")
            ?? throw new CommandException(ClassicEnvironments.Unknown(Name ?? ""));
    }

    private EnvironmentException Failed(Exception exception) => exception is TypeLoadException or MissingMemberException
        ? new EnvironmentException($"{this} does not fit this tool's version of {typeof(TrpoEstimator).Assembly.GetName().Name} ({typeof(TrpoEstimator).Assembly.GetName().Version}): build it again, against that version. {exception.Message}", exception)
        : new EnvironmentException($"{this} failed when it was created: {exception.Message}", exception);
}
