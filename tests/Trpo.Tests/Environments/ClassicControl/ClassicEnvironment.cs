using System.Text.Json;
using Trpo.Estimators.Environments;

namespace Trpo.Tests.Environments.ClassicControl;

/// <summary>A classic environment with its trajectories recorded from Gymnasium, and accessors of its state.</summary>
public sealed record ClassicEnvironment(string Name, int MaxEpisodeSteps, Func<IEnvironment> Create, Func<IEnvironment, double[]> GetState, Action<IEnvironment, double[]> SetState)
{
    public JsonElement Recorded { get; } = JsonSerializer.Deserialize<JsonElement>(
        File.ReadAllText(Path.Combine(TestContext.CurrentContext.TestDirectory, "Fixtures", "gymnasium", $"{Name}.json")));

    public static ClassicEnvironment Of<T>(string name, int maxEpisodeSteps, Func<T, double[]> get, Action<T, double[]> set) where T : IEnvironment, new() =>
        new(name, maxEpisodeSteps, () => new T(), environment => get((T)environment), (environment, state) => set((T)environment, state));

    public override string ToString() => Name;
}
