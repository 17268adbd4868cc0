using Microsoft.ML;
using Trpo.Cli.Foundation;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.DataViews;

namespace Trpo.Cli.Environments;

/// <summary>The environment that a command line chooses.</summary>
/// <param name="Name">The name of an environment of the tool, or of a type in the assembly; null for the only environment in the assembly.</param>
/// <param name="Assembly">The path of an assembly with environments; null for the environments of the tool.</param>
/// <param name="MaxEpisodeSteps">The step after which an episode is truncated; null if the environment decides.</param>
internal sealed record EnvironmentChoice(string? Name, string? Assembly = null, int? MaxEpisodeSteps = null)
{
    /// <summary>Returns a function that creates the environment.</summary>
    /// <exception cref="CommandException">There is no such environment.</exception>
    public Func<IEnvironment> Factory()
    {
        var create = Create();
        return MaxEpisodeSteps is { } limit ? () => new TimeLimit(create(), limit) : create;
    }

    /// <summary>Creates the data view of several environments.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="count">The number of environments.</param>
    /// <param name="stepping">The stepping of the environments.</param>
    /// <param name="column">The name of the column of observations, for environments that have only one; null for the default.</param>
    /// <exception cref="CommandException">There is no such environment.</exception>
    /// <exception cref="EnvironmentException">The environment breaks its contract, or fails.</exception>
    public EnvironmentDataView Load(MLContext ml, int count, SteppingChoice stepping, string? column = null)
    {
        var factory = Factory();
        try
        {
            var view = Load(null);
            return column is null || !view.ObservationSpace.Columns.IsEmpty ? view : Load(column);
        }
        catch (EnvironmentException exception) when (exception.InnerException is { } inner)
        {
            // The name of an environment that could not be created is not known yet.
            throw new EnvironmentException($"{this}: {exception.Message}{(inner is TypeLoadException or MissingMemberException ? $" {Outdated}" : "")}", inner);
        }

        EnvironmentDataView Load(string? name) => ml.ReinforcementLearning.LoadFromEnvironment(factory, count, name,
            threads: stepping.Threads, stepTimeout: stepping.StepTimeout is { } seconds ? TimeSpan.FromSeconds(seconds) : null, maxRestarts: stepping.MaxRestarts);
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

    private static string Outdated => $"The environment does not fit this tool's version of {typeof(TrpoEstimator).Assembly.GetName().Name} ({typeof(TrpoEstimator).Assembly.GetName().Version}): build it again, against that version.";
}
