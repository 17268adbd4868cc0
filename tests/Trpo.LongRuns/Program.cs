using System.Globalization;
using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.LongRuns;

// Training runs that tests kill, or whose memory they watch.
//   train FOLDER STEPS INTERVAL SHARDS   trains, or resumes from FOLDER/checkpoints, and writes FOLDER/policy.onnx at the end;
//                                    checkpoints are INTERVAL milliseconds apart
//   evaluated FOLDER WHERE STEP      trains with evaluations, or resumes from FOLDER/checkpoints; kills itself before a step (from 1) of the environments of the
//                                    training or of the evaluations (WHERE: training, evaluations, best, nowhere)
//   soak FOLDER ITERATIONS NETWORK   trains for a number of iterations with a network (kernel, torch), and prints the memory in use after each
//   shards SEED SETTINGS             trains with several numbers of shards and threads, and prints a digest of each result
//   start                            trains with the defaults, prints the native libraries and assemblies that are loaded then, uses TorchSharp, and prints its result
//   memory STEPS REUSED NETWORK WIDTH...   trains in iterations of a number of steps, and prints how many bytes the resident memory grew at most; the network is
//                                    kernels, products (those of libtorch), torch (a custom one) or evaluated (kernels, with evaluations that keep the best policy)
//   rows STEPS NETWORK OBSERVATIONS ACTIONS WIDTH...   the same for observations and actions of a length, with the estimate behind it; the network is kernels or products
//   progress SETTING                trains with a receiver of progress (default, none, console)
switch (args)
{
    case ["train", var folder, var steps, var interval, var shards]:
        Train(new TrpoOptions
        {
            TotalSteps = int.Parse(steps, CultureInfo.InvariantCulture),
            StepsPerIteration = 256,
            FinalStepsPerIteration = 256,
            HiddenLayers = [16],
            ReusedIterations = 1,
            NormalizeObservations = true,
            Shards = int.Parse(shards, CultureInfo.InvariantCulture),
            Seed = 1,
            Checkpoints = new() { Folder = Path.Combine(folder, "checkpoints"), Resume = true, Interval = TimeSpan.FromMilliseconds(int.Parse(interval, CultureInfo.InvariantCulture)) },
        }, Path.Combine(folder, "policy.onnx"));
        return 0;

    case ["evaluated", var folder, var where, var step]:
        EvaluatedRun.Train(folder, where, int.Parse(step, CultureInfo.InvariantCulture));
        return 0;

    case ["soak", var folder, var iterations, var network]:
        Train(new TrpoOptions
        {
            TotalSteps = 64 * int.Parse(iterations, CultureInfo.InvariantCulture),
            StepsPerIteration = 64,
            FinalStepsPerIteration = 64,
            HiddenLayers = [16],
            ReusedIterations = 1,
            NormalizeObservations = true,
            Seed = 1,
            Network = network == "torch" ? arguments => new PlainNetwork(arguments.Inputs, arguments.Outputs, arguments.Random) : null,
            Checkpoints = new() { Folder = Path.Combine(folder, "checkpoints"), Interval = TimeSpan.FromMilliseconds(20) },
            Progress = new MemoryLog(),
        }, Path.Combine(folder, "policy.onnx"));
        return 0;

    case ["memory", var steps, var reused, var network, .. var widths]:
        PeakMemory.Print(int.Parse(steps, CultureInfo.InvariantCulture), int.Parse(reused, CultureInfo.InvariantCulture), network, [.. widths.Select(width => int.Parse(width, CultureInfo.InvariantCulture))]);
        return 0;

    case ["progress", var setting]:
        ProgressRun.Train(setting);
        return 0;

    case ["start"]:
        StartOfTraining.Print();
        return 0;

    case ["rows", var steps, var network, var observations, var actions, .. var widths]:
        RowMemory.Print(int.Parse(steps, CultureInfo.InvariantCulture), network, int.Parse(observations, CultureInfo.InvariantCulture), int.Parse(actions, CultureInfo.InvariantCulture), [.. widths.Select(width => int.Parse(width, CultureInfo.InvariantCulture))]);
        return 0;

    case ["shards", var seed, var settings]:
        ShardedTraining.Print(int.Parse(seed, CultureInfo.InvariantCulture), int.Parse(settings, CultureInfo.InvariantCulture));
        return 0;

    default:
        Console.Error.WriteLine("train FOLDER STEPS INTERVAL SHARDS, evaluated FOLDER WHERE STEP, shards SEED SETTINGS, soak FOLDER ITERATIONS NETWORK, progress SETTING, start, or memory STEPS REUSED NETWORK WIDTH...");
        return 2;
}

static void Train(TrpoOptions options, string onnx)
{
    var ml = new MLContext(1);
    var cartPole = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), count: 4);
    using var policy = ml.ReinforcementLearning.Trainers.Trpo(cartPole, options).Fit(cartPole);
    policy.SaveOnnx(onnx);
}
