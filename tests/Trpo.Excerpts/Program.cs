using System.Reflection;

// Runs programs that were compiled from a page of docs, one after another, in a folder: Trpo.Excerpts <folder> <program>...
Environment.CurrentDirectory = args[0];
foreach (var program in args[1..])
{
    Console.WriteLine($"[{Path.GetFileNameWithoutExtension(program)}]");
    Assembly.LoadFrom(program).EntryPoint!.Invoke(null, BindingFlags.DoNotWrapExceptions, binder: null, [Array.Empty<string>()], culture: null);
}
