using System.CommandLine;
using Trpo.Examples.Inventory;

var seed = new Option<int>("--seed") { Description = "Where all randomness starts.", DefaultValueFactory = _ => 1 };
var steps = new Option<int>("--steps") { Description = "Days to train for, over all shops.", DefaultValueFactory = _ => 300_000 };
var folder = new Option<DirectoryInfo>("--out") { Description = "The folder for the model and the orders.", DefaultValueFactory = _ => new DirectoryInfo("artifacts/inventory") };
RequireAtLeast(seed, least: 0);
RequireAtLeast(steps, least: 1);

var command = new RootCommand("Trains a policy that orders for a shop, on rows of text, keys and numbers; compares it with a tuned reorder rule; saves it, and uses it on plain rows.")
{
    seed, steps, folder,
};
command.SetAction(parsed =>
{
    var settings = new InventorySettings(parsed.GetValue(seed), parsed.GetValue(steps), parsed.GetValue(folder)!);
    try
    {
        return InventoryRun.Execute(settings);
    }
    catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
    {
        Console.Error.WriteLine($"Cannot write to {settings.Folder.FullName}: {exception.Message}");
        return 1;
    }
});
return command.Parse(args).Invoke();

static void RequireAtLeast(Option<int> option, int least) => option.Validators.Add(result =>
{
    // What is no number is reported by the parser.
    if (result.Tokens is [{ Value: var text }] && int.TryParse(text, out var value) && value < least)
        result.AddError($"{option.Name} must be at least {least}.");
});
