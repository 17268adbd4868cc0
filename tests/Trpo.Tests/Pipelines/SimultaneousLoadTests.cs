using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators.Pipelines;

namespace Trpo.Tests.Pipelines;

/// <summary>Loads of several threads on one host, the first of which fill its catalog of loaders.</summary>
public sealed class SimultaneousLoadTests
{
    private const int Threads = 8;
    private const int Hosts = 10;

    [TestCase("five transforms")]
    [TestCase("keys of numbers")]
    [TestCase("one-hot encoding")]
    [TestCase("formula")]
    public void Eight_first_loads_on_one_host_give_the_same_rows(string chain)
    {
        var ml = new MLContext(seed: 1);
        var environment = PipelineChains.Environment(ml, chain);
        var original = PipelineChains.Fit(ml, chain, environment);
        var model = FittedPipeline.Save(ml, environment, original);
        var expected = Rows(original);

        for (var host = 0; host < Hosts; host++)
        {
            foreach (var view in LoadAtOnce(new MLContext(seed: 2), chain, model))
                Assert.That(Rows(view), Is.EqualTo(expected));
        }
    }

    private static IDataView[] LoadAtOnce(MLContext host, string chain, byte[] model)
    {
        var environments = Enumerable.Range(0, Threads).Select(_ => PipelineChains.Environment(host, chain)).ToList();
        var registry = PipelineChains.Registry();
        var views = new IDataView[Threads];
        var failures = new Exception?[Threads];
        using var start = new Barrier(Threads);
        var threads = Enumerable.Range(0, Threads).Select(i => new Thread(() =>
        {
            start.SignalAndWait();
            try
            {
                views[i] = FittedPipeline.Load(host, environments[i], model, registry);
            }
            catch (Exception exception)
            {
                failures[i] = exception;
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.That(failures, Has.All.Null);
        return views;
    }

    private static List<int[]> Rows(IDataView view) => [.. view.GetColumn<float[]>("Features").Take(20).Select(row => row.Select(BitConverter.SingleToInt32Bits).ToArray())];
}
