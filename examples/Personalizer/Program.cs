using Trpo.Examples.Personalizer;
using Trpo.Examples.Personalizer.Simulating;

switch (args)
{
    case ["simulate", ..]:
        return await SimulationCommand.RunAsync(args[1..]);
    case ["load", ..]:
        return await LoadCommand.RunAsync(args[1..]);
    default:
        await using (var app = Service.Build(args))
        {
            await Service.StartAsync(app);
            await app.WaitForShutdownAsync();
        }

        return 0;
}
