using Microsoft.ML;
using Trpo.Cli.Foundation;
using Trpo.Estimators;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Onnx;

namespace Trpo.Cli.Runs;

/// <summary>A trial of what follows a training, with the policy that it begins with: the files are written and read before the environment makes a step.</summary>
internal static class TrainingProbe
{
    /// <summary>Creates, saves and exports the untrained policy of an environment with the transforms in front of it.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="environment">The data view of the environment. No row is read.</param>
    /// <param name="options">The settings of the training.</param>
    /// <exception cref="CommandException">The settings contradict one another or the environment, or the model could not be saved or exported.</exception>
    /// <exception cref="DllNotFoundException">libtorch is missing or does not load.</exception>
    public static void Run(MLContext ml, EnvironmentDataView environment, TrpoOptions options)
    {
        var folder = Directory.CreateTempSubdirectory("trpo-");
        try
        {
            Refuse(environment, () => SaveUntrained(ml, environment, options, folder));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Describes the sizes of a training.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="environment">The data view of the environment. No row is read.</param>
    /// <param name="options">The settings of the training.</param>
    /// <exception cref="CommandException">The settings contradict one another or the environment, or do not fit into memory.</exception>
    /// <exception cref="DllNotFoundException">libtorch is missing or does not load.</exception>
    public static TrainingPlan Describe(MLContext ml, EnvironmentDataView environment, TrpoOptions options) => Refuse(environment, () =>
    {
        var columns = PolicyPipeline.Columns(ml, environment, options.Columns.Observation).Fit(environment);
        return ml.ReinforcementLearning.Trainers.Trpo(environment, options).Describe(columns.GetOutputSchema(environment.Schema));
    });

    private static bool SaveUntrained(MLContext ml, EnvironmentDataView environment, TrpoOptions options, DirectoryInfo folder)
    {
        var trainer = ml.ReinforcementLearning.Trainers.Trpo(environment, options);
        var columns = PolicyPipeline.Columns(ml, environment, options.Columns.Observation).Fit(environment);
        using var model = columns.Append(trainer.CreateUntrained(columns.GetOutputSchema(environment.Schema)));
        PolicyModel.Save(ml, model, environment.Schema, Path.Combine(folder.FullName, "model.zip"));
        ml.ReinforcementLearning.ExportToOnnx(model, Path.Combine(folder.FullName, "policy.onnx"));
        return true;
    }

    private static T Refuse<T>(EnvironmentDataView environment, Func<T> trial)
    {
        try
        {
            return trial();
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or InvalidDataException or NotSupportedException)
        {
            throw new CommandException($"Training in {environment.Name} cannot begin with these settings: {(exception is ArgumentException argument ? ErrorMessage.Of(argument) : exception.Message)}", exception);
        }
    }
}
