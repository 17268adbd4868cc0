using Trpo.Cli;

return CommandLine.Run(args);
