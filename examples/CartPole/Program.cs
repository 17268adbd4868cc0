using System.CommandLine;
using Trpo.Estimators.Checkpoints;
using Trpo.Examples.CartPole;

var seed = new Option<int>("--seed") { Description = "The seed of all randomness.", DefaultValueFactory = _ => 1 };
var steps = new Option<int>("--steps") { Description = "The number of environment steps to train for.", DefaultValueFactory = _ => 200_000 };
var environments = new Option<int>("--environments") { Description = "The number of environments.", DefaultValueFactory = _ => 8 };
var folder = new Option<DirectoryInfo>("--out") { Description = "The folder for the model, the policy, the report and the checkpoints.", DefaultValueFactory = _ => new DirectoryInfo("artifacts/cartpole") };
var json = new Option<FileInfo?>("--json") { Description = "A file for the results as JSON." };
var resume = new Option<bool>("--resume") { Description = "Resume an interrupted training with the same settings. Without this option, a training in the folder is replaced." };
RequireAtLeast(seed, min: 0);
RequireAtLeast(steps, min: 1);
RequireAtLeast(environments, min: 1);

var command = new RootCommand("Trains a policy that balances a pole in an ML.NET pipeline, then saves, reloads and checks it.")
{
    seed, steps, environments, folder, json, resume,
};

// Ctrl-C cancels the token, and training ends within a step.
command.SetAction((parsed, cancellation) => Task.Run(() =>
{
    var settings = new CartPoleSettings(parsed.GetValue(seed), parsed.GetValue(steps), parsed.GetValue(environments), parsed.GetValue(folder)!, parsed.GetValue(json), parsed.GetValue(resume));
    try
    {
        return CartPoleRun.Execute(settings, cancellation);
    }
    catch (OperationCanceledException)
    {
        return CartPoleRun.Interrupted;
    }
    catch (CheckpointException exception)
    {
        Console.Error.WriteLine(exception.Message);
        return 1;
    }
    catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
    {
        Console.Error.WriteLine($"Cannot write to {settings.Folder.FullName}, or to the file for the results: {exception.Message}");
        return 1;
    }
}, CancellationToken.None));
return await command.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });

static void RequireAtLeast(Option<int> option, int min) => option.Validators.Add(result =>
{
    // The parser reports text that is no number.
    if (result.Tokens is [{ Value: var text }] && int.TryParse(text, out var value) && value < min)
        result.AddError($"{option.Name} must be at least {min}.");
});
