using Trpo.Cli;
using Trpo.Cli.Foundation;

TerminalWriter.Install();
using var exit = ProcessEnd.ReportUnexpected();
return CommandLine.Run(args);
