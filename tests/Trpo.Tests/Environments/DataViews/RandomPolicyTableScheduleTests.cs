using Microsoft.ML;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Tests.Support;
using Trpo.Tests.Support.Scheduling;

namespace Trpo.Tests.Environments.DataViews;

/// <summary>The table of a random policy under thousands of interleavings of its readers, some of which leave early and some of which meet a failure.</summary>
public sealed class RandomPolicyTableScheduleTests
{
    private const int Rows = 6;

    private readonly MLContext _ml = new(seed: 1);

    [Test]
    public void Readers_get_equal_rows_of_environments_that_one_uses_at_a_time_and_that_are_disposed_once()
    {
        SeededScheduler? scheduler = null;
        var (created, disposed, failures) = (0, 0, 0);
        var specification = new EnvironmentSpecification(Create, episodeStepLimit: 100);
        var expected = Read(new RandomPolicyTable(specification, _ml, Rows, seed: 0, CancellationToken.None), Rows)!;

        SeededScheduler.Explore(1_500, explored =>
        {
            scheduler = explored;
            (created, disposed) = (0, 0);
            failures = explored.Random.Next(2);
            var (mayFail, leavesEarly) = (failures > 0, false);
            var table = new RandomPolicyTable(specification, _ml, Rows, seed: 0, CancellationToken.None, threading: new ScheduledThreading(explored));
            for (var reader = explored.Random.Next(2, 4); reader > 0; reader--)
            {
                var rows = explored.Random.Next(3) == 0 ? explored.Random.Next(Rows) : Rows;
                leavesEarly |= rows < Rows;
                explored.Start(
                    () =>
                    {
                        List<float>? read;
                        while ((read = Read(table, rows)) is null)
                        {
                        }

                        SeededScheduler.Require(read.SequenceEqual(expected.Take(rows)), $"rows {string.Join(", ", read)} instead of {string.Join(", ", expected)}");
                    },
                    $"reads {rows}");
            }

            explored.AwaitOthers();
            SeededScheduler.Require(created == disposed, $"{created} environments were created and {disposed} disposed");
            SeededScheduler.Require(mayFail || leavesEarly || created == 1, $"the table was computed {created} times");
        });

        HookedEnvironment Create()
        {
            var (users, isDisposed) = (0, false);
            created++;
            return new HookedEnvironment(
                new CountingEnvironment(length: 4),
                call =>
                {
                    SeededScheduler.Require(!isDisposed && ++users == 1, "an environment is used after its disposal or by two threads");
                    scheduler?.Point($"call {call} of the environment");
                    users--;
                    if (call == 3 && failures-- > 0)
                        throw new TimeoutException();
                },
                () =>
                {
                    SeededScheduler.Require(!isDisposed && users == 0, "an environment is disposed twice or while it is used");
                    isDisposed = true;
                    disposed++;
                    scheduler?.Point("disposes the environment");
                });
        }
    }

    // Returns null if the computation failed.
    private static List<float>? Read(RandomPolicyTable table, int rows)
    {
        var read = new List<float>();
        using var reader = table.Open();
        try
        {
            for (; read.Count < rows && reader.MoveNext(); read.Add(reader.Current[0]))
            {
            }

            return read;
        }
        catch (EnvironmentException exception) when (exception.InnerException is TimeoutException)
        {
            return null;
        }
    }
}
