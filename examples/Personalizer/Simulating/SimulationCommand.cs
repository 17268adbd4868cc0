using System.Globalization;

namespace Trpo.Examples.Personalizer.Simulating;

/// <summary>The command line of the simulation: <c>simulate [rounds] [decisions per round] [database]</c>.</summary>
internal static class SimulationCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        var folder = Directory.CreateTempSubdirectory("personalizer-");
        try
        {
            var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 5;
            var decisions = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 4_000;
            var simulation = new Simulation(args.Length > 2 ? args[2] : $"Data Source={Path.Combine(folder.FullName, "personalizer.db")}", folder.FullName, rounds, decisions, Console.Out);
            await simulation.RunAsync();
            return simulation.Faults.IsEmpty && simulation.Means[^1] >= 0.9 ? 0 : 1;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
