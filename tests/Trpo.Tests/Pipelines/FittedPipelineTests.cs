using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Estimators.Pipelines;

namespace Trpo.Tests.Pipelines;

/// <summary>A chain that was saved on one host and loaded on another gives the same rows, bit for bit.</summary>
[TestFixtureSource(typeof(PipelineChains), nameof(PipelineChains.Names))]
public sealed class FittedPipelineTests(string chain)
{
    private EnvironmentDataView _here = null!;
    private EnvironmentDataView _there = null!;
    private IDataView _original = null!;
    private IDataView _loaded = null!;
    private byte[] _model = null!;

    [OneTimeSetUp]
    public void Send()
    {
        var (ml, worker) = (new MLContext(seed: 1), new MLContext(seed: 2));
        (_here, _there) = (PipelineChains.Environment(ml, chain), PipelineChains.Environment(worker, chain));
        _original = PipelineChains.Fit(ml, chain, _here);
        _model = FittedPipeline.Save(ml, _here, _original);
        _loaded = FittedPipeline.Load(worker, _there, _model, PipelineChains.Registry());
    }

    [Test]
    public void The_table_has_the_same_rows()
    {
        var rows = Rows(_original);

        Assert.That(rows, Has.Count.EqualTo(1_000));
        Assert.That(rows.SelectMany(row => row).Distinct().Count(), Is.GreaterThan(1), "the rows differ among themselves");
        Assert.That(Rows(_loaded), Is.EqualTo(rows));
    }

    [Test]
    public void The_policy_observes_the_same_in_hundreds_of_steps()
    {
        using var original = Open(_here, _original);
        using var loaded = Open(_there, _loaded);
        var (expected, observed) = (new float[original.ObservationLength], new float[loaded.ObservationLength]);
        var random = new Random(3);
        var isFirst = new bool[original.Count];
        for (var step = 0; step < 300; step++)
        {
            for (var i = 0; i < original.Count; i++)
            {
                float[] action = [random.Next(2)];
                isFirst[i] = step == 0 || original.Unwrapped.Step(i, action).Terminated | loaded.Unwrapped.Step(i, action).Terminated;
                if (isFirst[i])
                {
                    original.Unwrapped.Reset(i, step);
                    loaded.Unwrapped.Reset(i, step);
                    original.ReadFirst(i, expected);
                    loaded.ReadFirst(i, observed);
                }
                else
                {
                    original.Read(i, expected);
                    loaded.Read(i, observed);
                }

                Assert.That(Bits(observed), Is.EqualTo(Bits(expected)), $"step {step} of environment {i}");
            }
        }
    }

    [Test]
    public void The_same_chain_has_the_same_bytes()
    {
        Assert.That(FittedPipeline.Save(new MLContext(), _here, _original), Is.EqualTo(_model));
        Assert.That(FittedPipeline.Save(new MLContext(), _there, _loaded), Is.EqualTo(_model), "saved again after it was loaded");
    }

    [Test]
    public void The_bytes_are_a_model_file_of_ml_net()
    {
        var ml = new MLContext();
        ml.ComponentCatalog.RegisterAssembly(typeof(PoleEnergy).Assembly);
        using var stream = new MemoryStream(_model);

        Assert.That(Columns(ml.Model.Load(stream, out _).Transform(_there)), Is.EqualTo(Columns(_original)));
    }

    [Test]
    public void The_visible_columns_are_the_same() =>
        Assert.That(Columns(_loaded), Is.EqualTo(Columns(_original)));

    private static IEnumerable<string> Columns(IDataView view) => view.Schema.Where(column => !column.IsHidden).Select(column => $"{column.Name} {column.Type}");

    private static TransformedVectorEnvironment Open(EnvironmentDataView environment, IDataView data) => new(environment, 2, data, data.Schema["Features"]);

    private static List<int[]> Rows(IDataView view) => [.. view.GetColumn<float[]>("Features").Select(Bits)];

    private static int[] Bits(float[] values) => [.. values.Select(BitConverter.SingleToInt32Bits)];
}
