using System.CommandLine;
using Trpo.Estimators.Checkpoints;
using Trpo.Examples.Inventory;

var seed = new Option<int>("--seed") { Description = "Where all randomness starts.", DefaultValueFactory = _ => 1 };
var steps = new Option<int>("--steps") { Description = "Days to train for, over all shops.", DefaultValueFactory = _ => 300_000 };
var folder = new Option<DirectoryInfo>("--out") { Description = "The folder for the model, the orders and the checkpoints.", DefaultValueFactory = _ => new DirectoryInfo("artifacts/inventory") };
var resume = new Option<bool>("--resume") { Description = "Go on with a training that was interrupted, with the same settings. Without it, one in the folder is replaced." };
RequireAtLeast(seed, least: 0);
RequireAtLeast(steps, least: 1);

var command = new RootCommand("Trains a policy that orders for a shop, on rows of text, keys and numbers; compares it with a tuned reorder rule; saves it, and uses it on plain rows.")
{
    seed, steps, folder, resume,
};

// Ctrl-C cancels the token, and training ends by itself within a step.
command.SetAction((parsed, cancellation) => Task.Run(() =>
{
    var settings = new InventorySettings(parsed.GetValue(seed), parsed.GetValue(steps), parsed.GetValue(folder)!, parsed.GetValue(resume));
    try
    {
        return InventoryRun.Execute(settings, cancellation);
    }
    catch (OperationCanceledException)
    {
        return InventoryRun.Interrupted;
    }
    catch (CheckpointException exception)
    {
        Console.Error.WriteLine(exception.Message);
        return 1;
    }
    catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
    {
        Console.Error.WriteLine($"Cannot write to {settings.Folder.FullName}: {exception.Message}");
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
