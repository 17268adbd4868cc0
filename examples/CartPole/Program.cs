using System.CommandLine;
using Trpo.Estimators.Checkpoints;
using Trpo.Examples.CartPole;

var seed = new Option<int>("--seed") { Description = "Where all randomness starts.", DefaultValueFactory = _ => 1 };
var steps = new Option<int>("--steps") { Description = "Environment steps to train for.", DefaultValueFactory = _ => 200_000 };
var environments = new Option<int>("--environments") { Description = "Environments stepped side by side.", DefaultValueFactory = _ => 8 };
var folder = new Option<DirectoryInfo>("--out") { Description = "The folder for the model, the policy, the report and the checkpoints.", DefaultValueFactory = _ => new DirectoryInfo("artifacts/cartpole") };
var json = new Option<FileInfo?>("--json") { Description = "A file for the results as JSON." };
var resume = new Option<bool>("--resume") { Description = "Go on with a training that was interrupted, with the same settings. Without it, one in the folder is replaced." };
RequireAtLeast(seed, least: 0);
RequireAtLeast(steps, least: 1);
RequireAtLeast(environments, least: 1);

var command = new RootCommand("Trains a policy that balances a pole, inside an ML.NET pipeline; saves, reloads and checks it.")
{
    seed, steps, environments, folder, json, resume,
};

// Ctrl-C cancels the token, and training ends by itself within a step.
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

static void RequireAtLeast(Option<int> option, int least) => option.Validators.Add(result =>
{
    // What is no number is reported by the parser.
    if (result.Tokens is [{ Value: var text }] && int.TryParse(text, out var value) && value < least)
        result.AddError($"{option.Name} must be at least {least}.");
});
