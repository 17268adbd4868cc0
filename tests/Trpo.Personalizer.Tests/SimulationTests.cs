using System.Globalization;
using Trpo.Examples.Personalizer.Simulating;

namespace Trpo.Personalizer.Tests;

/// <summary>A population whose preferences drift, and a service that is killed twice while it learns them.</summary>
public sealed class SimulationTests
{
    // The long form has five rounds of 4,000 decisions.
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("TRPO_PERSONALIZER_LONG") == "1";

    [TestCase("SQLite")]
    [TestCase("PostgreSQL")]
    public async Task Rewards_rise_from_two_thirds_to_nine_tenths_and_the_books_balance_though_the_service_is_killed_twice(string kind)
    {
        if (!IsLong && kind != "SQLite")
            Assert.Ignore("The long form runs on PostgreSQL too: TRPO_PERSONALIZER_LONG=1.");
        await using var database = await TestDatabase.CreateAsync(kind);
        var simulation = new Simulation(database.ConnectionString, database.Folder, IsLong ? 5 : 3, IsLong ? 4_000 : 1_800, TestContext.Out);
        await simulation.RunAsync();

        Assert.That(simulation.Faults, Is.Empty);
        Assert.That(simulation.Means[0], Is.EqualTo(0.65).Within(0.04));
        Assert.That(simulation.Means[^1], Is.GreaterThanOrEqualTo(IsLong ? 0.9 : 0.85), string.Join(' ', simulation.Means.Select(mean => mean.ToString("F3", CultureInfo.InvariantCulture))));
    }
}
