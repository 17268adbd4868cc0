using System.Reflection;
using Trpo.Cli.Foundation;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Onnx;

namespace Trpo.Cli.Environments;

/// <summary>An assembly of the user with environments.</summary>
internal sealed class EnvironmentAssembly
{
    private readonly string _path;
    private readonly Type[] _types;
    private readonly string? _unloadable;

    private EnvironmentAssembly(string path, Type[] types, string? unloadable)
    {
        _path = path;
        _types = types;
        _unloadable = unloadable;
    }

    private IEnumerable<Type> Candidates => _types.Where(type => IsEnvironment(type) && Constructor(type) is not null);

    /// <summary>Loads an assembly.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CommandException">The file is missing, is no .NET assembly, or was built against a newer version of the library.</exception>
    public static EnvironmentAssembly Load(string path)
    {
        path = Path.GetFullPath(path);
        SymbolicLinks.Check(path);
        if (!File.Exists(path))
            throw new CommandException($"There is no assembly {path}. Build the project, and name the .dll in its output folder.");
        Assembly assembly;
        try
        {
            assembly = new EnvironmentLoadContext(path).LoadFromAssemblyPath(path);
        }
        catch (BadImageFormatException exception)
        {
            throw new CommandException($"{path} is not a .NET assembly, or one for another platform: name the .dll that building a project with an environment gives.", exception);
        }
        catch (InvalidOperationException exception)
        {
            throw new CommandException($"The dependencies of {path} cannot be read: {exception.Message.Trim()} Build the project again.", exception);
        }

        CheckVersions(path, assembly);
        try
        {
            return new EnvironmentAssembly(path, assembly.GetTypes(), unloadable: null);
        }
        catch (ReflectionTypeLoadException exception)
        {
            var reasons = exception.LoaderExceptions.Select(reason => reason?.Message).Where(reason => reason is not null).Distinct();
            return new EnvironmentAssembly(path, [.. exception.Types.OfType<Type>()], string.Join(" ", reasons));
        }
    }

    /// <summary>Finds the type of an environment.</summary>
    /// <param name="name">The type's full or simple name; null where the assembly has only one environment.</param>
    /// <returns>The type, and a function that creates the environment.</returns>
    /// <exception cref="CommandException">There is no such type, there are several, or the type is no environment that can be created.</exception>
    public (Type Type, Func<IEnvironment> Create) Find(string? name)
    {
        var type = name is null ? OnlyCandidate() : Named(name);
        if (!IsEnvironment(type))
            throw Refusal($"The type {type.FullName} in {_path} is no environment: it must be a class that is not abstract or generic and implements {typeof(IEnvironment).FullName}.");
        var constructor = Constructor(type) ?? throw Refusal($"The type {type.FullName} in {_path} cannot be created: it needs a constructor without parameters, public or internal.");
        return (type, () => Create(constructor));
    }

    private Type OnlyCandidate() => Candidates.ToList() switch
    {
        [var only] => only,
        [] => throw Refusal($"There is no environment in {_path}."),
        _ => throw Refusal($"There are several environments in {_path}: name one with --environment."),
    };

    private Type Named(string name)
    {
        var named = _types.Where(type => type.FullName == name || type.FullName?.Replace('+', '.') == name).ToList();
        if (named.Count == 0)
            named = [.. _types.Where(type => type.Name == name)];
        return named switch
        {
            [var type] => type,
            [] => throw Refusal($"There is no type '{name}' in {_path}."),
            _ => throw new CommandException($"There are several types '{name}' in {_path}: {string.Join(", ", named.Select(type => type.FullName))}. Use the full name."),
        };
    }

    private CommandException Refusal(string reason)
    {
        var candidates = string.Join(", ", Candidates.Select(type => type.FullName));
        var environments = candidates.Length > 0 ? $" Its environments are: {candidates}." : $" It has no class that implements {typeof(IEnvironment).FullName} and has a constructor without parameters.";
        return new CommandException($"{reason}{environments}{(_unloadable is null ? "" : $" Some of its types could not be loaded: {_unloadable}")}");
    }

    private static bool IsEnvironment(Type type) => type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false } && typeof(IEnvironment).IsAssignableFrom(type);

    private static ConstructorInfo? Constructor(Type type) =>
        type.GetConstructor(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, []) is { IsPrivate: false } constructor ? constructor : null;

    // Exceptions of the constructor arrive as they are.
    private static IEnvironment Create(ConstructorInfo constructor) =>
        (IEnvironment)constructor.Invoke(BindingFlags.DoNotWrapExceptions, binder: null, parameters: null, culture: null);

    private static void CheckVersions(string path, Assembly assembly)
    {
        var here = new[] { typeof(TrpoEstimator).Assembly.GetName(), typeof(PolicyTransformer).Assembly.GetName() };
        foreach (var reference in assembly.GetReferencedAssemblies())
        {
            if (here.FirstOrDefault(name => name.Name == reference.Name) is { } known && reference.Version > known.Version)
                throw new CommandException($"{path} was built against {reference.Name} {reference.Version}, but this tool has {known.Version}: update the tool (dotnet tool update Trpo.Cli), or build against that version.");
        }
    }
}
