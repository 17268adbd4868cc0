using OpenReferences;

// OpenReferences <folder> <list>: a line of the list is the path of an assembly, or "<its simple name>|<full name of a type>".
if (args is not [var folder, var list])
{
    Console.Error.WriteLine("usage: OpenReferences <folder> <list>");
    return 2;
}

var lines = File.ReadAllLines(list);
var types = lines.Where(line => line.Contains('|')).Select(line => line.Split('|')).ToLookup(entry => entry[0], entry => entry[1]);
var missing = 0;
foreach (var path in lines.Where(line => !line.Contains('|')))
{
    var image = File.ReadAllBytes(path);
    foreach (var name in MetadataOpener.Open(image, types[Path.GetFileNameWithoutExtension(path)].ToHashSet(StringComparer.Ordinal)))
    {
        Console.Error.WriteLine($"error OPEN001: {Path.GetFileName(path)} has no type {name}: the list of opened types does not fit this version of it.");
        missing++;
    }

    Directory.CreateDirectory(folder);
    File.WriteAllBytes(Path.Combine(folder, Path.GetFileName(path)), image);
}

return missing == 0 ? 0 : 1;
