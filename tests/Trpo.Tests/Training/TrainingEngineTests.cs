using Microsoft.ML;
using TorchSharp;
using Trpo.Estimators;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Kernels;
using Trpo.Estimators.Networks;
using Trpo.Reports.Descriptions;
using Trpo.Tests.Support;

namespace Trpo.Tests.Training;

/// <summary>The choice of the engine and the device of a training.</summary>
public sealed class TrainingEngineTests
{
    private static readonly TrpoOptions Short = new() { TotalSteps = 1_500, StepsPerIteration = 500, FinalStepsPerIteration = 500, HiddenLayers = [16, 8], Seed = 1 };

    [Test]
    public void The_engines_agree_and_iterations_say_which_one_computed([Values] Activation activation)
    {
        var options = Short with { HiddenActivation = activation };
        var (automatic, torch) = (Train(options), Train(options with { Engine = TrainingEngine.TorchSharp }));
        var usual = PerceptronKernel.VectorLength > 0 ? TrainingEngine.Managed : TrainingEngine.TorchSharp;

        Assert.That(automatic.Select(Computed), Is.All.EqualTo((usual, (TrainingEngine?)usual, "cpu")));
        Assert.That(torch.Select(Computed), Is.All.EqualTo((TrainingEngine.TorchSharp, (TrainingEngine?)TrainingEngine.TorchSharp, "cpu")));
        Assert.That(torch[0].Returns, Is.EqualTo(automatic[0].Returns));
        Assert.That(torch[0].Entropy, Is.EqualTo(automatic[0].Entropy).Within(1e-5));
        Assert.That(torch[0].Update.GradientNorm, Is.EqualTo(automatic[0].Update.GradientNorm).Within(0.01).Percent);
        Assert.That(torch[0].Update.MeanKl, Is.EqualTo(automatic[0].Update.MeanKl).Within(0.1).Percent);
        Assert.That(torch[0].ValueLoss, Is.EqualTo(automatic[0].ValueLoss).Within(0.1).Percent);
    }

    [Test]
    public void The_engine_that_is_named_is_the_one_that_is_taken_automatically()
    {
        if (PerceptronKernel.VectorLength > 0)
            Assert.That(Fit(Short with { Engine = TrainingEngine.Managed }), Is.EqualTo(Fit(Short)));
        else
            Assert.That(() => Fit(Short with { Engine = TrainingEngine.Managed }), Throws.InvalidOperationException.With.Message.Contains("Engine is Managed"));
    }

    [Test]
    public void A_custom_network_is_computed_by_TorchSharp_and_the_value_function_beside_it_by_the_engine_that_fits()
    {
        var options = Short with { Network = arguments => new BufferedNetwork(arguments.Inputs, arguments.Outputs, arguments.Random) };

        Assert.That(Train(options).Select(Computed), Is.All.EqualTo((TrainingEngine.TorchSharp, (TrainingEngine?)new EngineChoice().OfPerceptrons.ToTrainingEngine(), "cpu")));
        Assert.That(Train(options with { Engine = TrainingEngine.TorchSharp, Baseline = _ => new ZeroValues() }).Select(Computed), Is.All.EqualTo((TrainingEngine.TorchSharp, (TrainingEngine?)null, "cpu")));
    }

    [TestCase(TrainingEngine.Managed, "cpu", true, "Engine", "Engine is Managed, which computes perceptrons only, but Network is set")]
    [TestCase(TrainingEngine.Managed, "cuda", false, "Engine", "Engine is Managed, which computes on the processor only, but Device is 'cuda'")]
    [TestCase((TrainingEngine)7, "cpu", false, "Engine", "Engine must be one of Automatic, Managed, TorchSharp")]
    [TestCase(TrainingEngine.Managed, "gpu", true, "Device", "Device is 'gpu', but must be \"cpu\"")]
    [TestCase(TrainingEngine.Automatic, null, false, "Device", "Device")]
    public void Choices_that_contradict_each_other_are_refused_by_name(TrainingEngine engine, string? device, bool custom, string name, string message)
    {
        var options = Short with { Engine = engine, Device = device!, Network = custom ? arguments => new BufferedNetwork(arguments.Inputs, arguments.Outputs, arguments.Random) : null };

        Assert.That(options.Validate, Throws.InstanceOf<ArgumentException>().With.Property("ParamName").EqualTo(name).And.Message.Contains(message));
    }

    /// <summary>With a graphics card, trains on it; without one, shows that the device is refused before the first step.</summary>
    [Test]
    public void A_graphics_card_trains_as_the_processor_does_or_is_refused_where_there_is_none([Values] bool custom)
    {
        var options = Short with { Network = custom ? arguments => new BufferedNetwork(arguments.Inputs, arguments.Outputs, arguments.Random) : null };
        var (steps, ml) = (0, new MLContext(1));
        var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new StepCounter(new CartPole(), () => Interlocked.Increment(ref steps)), count: 4);
        var trainer = ml.ReinforcementLearning.Trainers.Trpo(view, options with { Device = "cuda" });
        if (!torch.cuda.is_available())
        {
            TestContext.Out.WriteLine("libtorch has no graphics card here: the refusal was tested, not the training.");
            Assert.That(() => trainer.Fit(view), Throws.InvalidOperationException.With.Message.StartsWith("The device 'cuda:0' cannot be used").And.Message.Contains("TorchSharp-cuda-"));
            Assert.That(() => trainer.CreateUntrained(view.Schema), Throws.InvalidOperationException.With.Message.StartsWith("The device 'cuda:0' cannot be used"));
            Assert.That(steps, Is.Zero);
            return;
        }

        TestContext.Out.WriteLine("Trained on a graphics card.");
        var (card, processor) = (Train(options with { Device = "cuda" }), Train(options with { Engine = TrainingEngine.TorchSharp }));
        Assert.That(card.Select(Computed), Is.All.EqualTo((TrainingEngine.TorchSharp, (TrainingEngine?)TrainingEngine.TorchSharp, "cuda:0")));
        Assert.That(card[0].Returns, Is.EqualTo(processor[0].Returns));
        Assert.That(card[0].Update.GradientNorm, Is.EqualTo(processor[0].Update.GradientNorm).Within(0.1).Percent);
        Assert.That(card[0].Update.MeanKl, Is.EqualTo(processor[0].Update.MeanKl).Within(1).Percent);
    }

    [Test]
    public void A_training_by_TorchSharp_resumes_bit_for_bit_and_not_by_another_engine()
    {
        using var folder = new TemporaryFolder();
        var training = new ResumedTraining(() => new CartPole(), Short with { Engine = TrainingEngine.TorchSharp });
        var whole = training.Whole();
        training.Piece(folder.FullName, cancelAfter: 700);

        Assert.That(() => new ResumedTraining(() => new CartPole(), Short).Piece(folder.FullName), Throws.TypeOf<CheckpointException>().With.Message.Contains("its option engine is \"TorchSharp\", but that of this run is \"Automatic\""));
        Assert.That(training.Piece(folder.FullName).Onnx, Is.EqualTo(whole.Onnx));
    }

    [Test]
    public void The_documented_options_train()
    {
        Assert.That(Train(Engine()).Select(iteration => iteration.Engine), Is.All.EqualTo(TrainingEngine.TorchSharp));
        Assert.That(Train(Layers()), Is.Not.Empty);

        static TrpoOptions Engine()
        {
            var options = new TrpoOptions { Engine = TrainingEngine.TorchSharp };
            return options with { TotalSteps = 500, Seed = 1 };
        }

        static TrpoOptions Layers()
        {
            var options = new TrpoOptions { HiddenLayers = [64, 64], ValueFunction = new() { HiddenLayers = [256, 256] } };
            return options with { TotalSteps = 500, Seed = 1 };
        }
    }

    [TestCase(TrainingEngine.Managed, TrainingEngine.Managed, "cpu", "managed code")]
    [TestCase(TrainingEngine.TorchSharp, TrainingEngine.TorchSharp, "cuda:1", "TorchSharp on cuda:1")]
    [TestCase(TrainingEngine.TorchSharp, TrainingEngine.Managed, "cpu", "TorchSharp on cpu (the policy), managed code (the value function)")]
    [TestCase(TrainingEngine.TorchSharp, null, "cpu", "TorchSharp on cpu (the policy)")]
    [TestCase(TrainingEngine.Automatic, null, "cpu", null)]
    public void The_report_says_what_computed_a_session(TrainingEngine policy, TrainingEngine? value, string device, string? text)
    {
        using var folder = new RunFolder();
        folder.Record([Iterations.Healthy(1) with { Engine = policy, ValueEngine = value, Device = device }], RunDescription.Create("CartPole", 8, Short));
        Trpo.Reports.RunReport.Save(folder.Path);

        Assert.That(RunDescription.Load(folder.Path).Sessions.Single().ComputedBy, Is.EqualTo(text));
        Assert.That(File.ReadAllText(folder.Report), text is null ? Does.Not.Contain("computed by") : Does.Contain($"; computed by {text}"));
    }

    private static (TrainingEngine, TrainingEngine?, string) Computed(TrpoIteration iteration) => (iteration.Engine, iteration.ValueEngine, iteration.Device);

    private static List<TrpoIteration> Train(TrpoOptions options)
    {
        var listener = new Listener();
        Fit(options with { Progress = listener });
        return listener.Iterations;
    }

    private static byte[] Fit(TrpoOptions options)
    {
        var ml = new MLContext(1);
        var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), count: 4);
        using var policy = ml.ReinforcementLearning.Trainers.Trpo(view, options).Fit(view);
        return policy.Onnx.ToArray();
    }
}
