using System.CommandLine;
using Trpo.Estimators.Checkpoints;
using Trpo.Examples.Inventory;

var seed = new Option<int>("--seed") { Description = "The seed of all randomness.", DefaultValueFactory = _ => 1 };
var steps = new Option<int>("--steps") { Description = "The number of days to train for, over all shops.", DefaultValueFactory = _ => 300_000 };
var folder = new Option<DirectoryInfo>("--out") { Description = "The folder for the model, the orders and the checkpoints.", DefaultValueFactory = _ => new DirectoryInfo("artifacts/inventory") };
var resume = new Option<bool>("--resume") { Description = "Resume an interrupted training with the same settings. Without this option, a training in the folder is replaced." };
RequireAtLeast(seed, min: 0);
RequireAtLeast(steps, min: 1);

var command = new RootCommand("Trains a policy that orders for a shop, on rows of text, keys and numbers; compares it with a tuned reorder rule; saves it, and uses it on plain rows.")
{
    seed, steps, folder, resume,
};

// Ctrl-C cancels the token, and training ends within a step.
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

static void RequireAtLeast(Option<int> option, int min) => option.Validators.Add(result =>
{
    // The parser reports text that is no number.
    if (result.Tokens is [{ Value: var text }] && int.TryParse(text, out var value) && value < min)
        result.AddError($"{option.Name} must be at least {min}.");
});
