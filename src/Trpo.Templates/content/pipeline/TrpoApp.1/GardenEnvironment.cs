using Trpo.Estimators.Environments;
using Trpo.Runtime.Spaces;

namespace TrpoApp._1;

/// <summary>
/// A garden bed, which is watered in the morning or left to the rain. What a plant needs depends on its stage, and the forecast is right on most
/// days. The reward of a day is the growth, less the price of the water.
/// </summary>
public sealed class GardenEnvironment : IEnvironment
{
    private const int Days = 60;
    private const double ForecastAccuracy = 0.8;
    private const double WaterPrice = 1.5;

    private static readonly string[] Forecasts = ["sunny", "cloudy", "rain"];
    private static readonly string[] Stages = ["seedling", "growing", "fruiting"];

    // By stage: the moisture at which a plant grows best, and what it drinks on a mild day.
    private static readonly double[] BestMoisture = [0.7, 0.5, 0.4];
    private static readonly double[] Thirst = [0.05, 0.12, 0.08];
    private static readonly double[] Rain = [0, 0.03, 0.35];
    private static readonly double[] Watering = [0, 0.15, 0.4];

    private Random _random = new();
    private int _day;
    private int _forecast;
    private double _moisture;
    private double _temperature;

    public ObservationSpace ObservationSpace { get; } = ObservationSpace.OfColumns(
        ObservationColumn.Text("Forecast", Forecasts),
        ObservationColumn.Key("Stage", Stages),
        ObservationColumn.Number("Moisture", low: 0, high: 1),
        ObservationColumn.Number("Temperature", low: 10, high: 35));

    public ActionSpace ActionSpace { get; } = ActionSpace.Discrete("none", "light", "heavy");

    private int Stage => Math.Min(_day * Stages.Length / Days, Stages.Length - 1);

    /// <summary>Creates a bed whose episodes are cut off after a season.</summary>
    public static IEnvironment Create() => new TimeLimit(new GardenEnvironment(), Days);

    public void Reset(int? seed, Span<float> observation)
    {
        if (seed is { } value)
            _random = new Random(value);
        _day = 0;
        _moisture = _random.NextDouble();
        _temperature = 20;
        _forecast = _random.Next(Forecasts.Length);
        Observe(observation);
    }

    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        var weather = _random.NextDouble() < ForecastAccuracy ? _forecast : _random.Next(Forecasts.Length);
        var watered = Watering[action.Index];
        _moisture = Math.Clamp(_moisture + watered + Rain[weather] - (Thirst[Stage] * _temperature / 20), 0, 1);
        var distance = (_moisture - BestMoisture[Stage]) / 0.4;
        var growth = Math.Max(1 - (distance * distance), 0);

        _day++;
        _temperature = Math.Clamp(_temperature + (4 * (_random.NextDouble() - 0.5)), 10, 35);
        _forecast = _random.Next(Forecasts.Length);
        Observe(observation);
        return new StepResult(growth - (WaterPrice * watered));
    }

    // The index of a category stands for a text or a key.
    private void Observe(Span<float> observation)
    {
        observation[0] = _forecast;
        observation[1] = Stage;
        observation[2] = (float)_moisture;
        observation[3] = (float)_temperature;
    }
}
