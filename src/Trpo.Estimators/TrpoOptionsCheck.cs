using Trpo.Estimators.Foundation;
using Trpo.Estimators.Networks;

namespace Trpo.Estimators;

/// <summary>The checks of options against each other.</summary>
internal static class TrpoOptionsCheck
{
    /// <summary>Checks the layers of the policy.</summary>
    /// <exception cref="ArgumentException">They are missing, or one is out of its range.</exception>
    public static void Layers(TrpoOptions options)
    {
        ArgumentNullException.ThrowIfNull(options.HiddenLayers, nameof(TrpoOptions.HiddenLayers));
        foreach (var width in options.HiddenLayers)
            Check.Between(width, 1, 4_096, nameof(TrpoOptions.HiddenLayers));
        if (!Enum.IsDefined(options.HiddenActivation))
            throw OutOfRange(nameof(TrpoOptions.HiddenActivation), options.HiddenActivation, $"{nameof(TrpoOptions.HiddenActivation)} must be one of {string.Join(", ", Enum.GetNames<Activation>())}.");
    }

    /// <summary>Checks the engine against the network and the device.</summary>
    /// <exception cref="ArgumentException">They do not fit.</exception>
    public static void Engine(TrpoOptions options)
    {
        var engine = options.Engine;
        if (!Enum.IsDefined(engine))
            throw OutOfRange(nameof(TrpoOptions.Engine), engine, $"{nameof(Engine)} must be one of {string.Join(", ", Enum.GetNames<TrainingEngine>())}.");
        var isCpu = options.EngineChoice.Device.IsCpu;
        if (engine != TrainingEngine.Managed)
            return;
        if (options.Network is not null)
            throw Misfit(nameof(TrpoOptions.Engine), $"{nameof(Engine)} is {engine}, which computes perceptrons only, but {nameof(TrpoOptions.Network)} is set: leave one of them out.");
        if (!isCpu)
            throw Misfit(nameof(TrpoOptions.Engine), $"{nameof(Engine)} is {engine}, which computes on the processor only, but {nameof(TrpoOptions.Device)} is '{options.Device}': leave one of them out.");
    }

    /// <summary>Checks the workers against the parts that they would have to run.</summary>
    /// <exception cref="ArgumentException">They do not fit.</exception>
    public static void Workers(TrpoOptions options)
    {
        if (options.Workers is not { } workers)
            return;
        workers.Validate();
        if (!options.EngineChoice.Device.IsCpu)
            throw Misfit(nameof(TrpoOptions.Workers), $"{nameof(Workers)} compute on processors, but {nameof(TrpoOptions.Device)} is '{options.Device}': leave one of the two out.");
        CheckName(options.Distribution, workers.Distribution, nameof(TrpoOptions.Distribution));
        CheckName(options.Network, workers.Network, nameof(TrpoOptions.Network));
    }

    private static void CheckName(object? part, string? name, string option)
    {
        if (part is null != name is null)
            throw Misfit(nameof(TrpoOptions.Workers), $"{option} and {nameof(Workers)}.{option}, the name under which workers have registered it, are set together; here one is missing.");
    }

    private static ArgumentException Misfit(string option, string message) => new(message, option);

    private static ArgumentOutOfRangeException OutOfRange(string option, object value, string message) => new(option, value, message);
}
