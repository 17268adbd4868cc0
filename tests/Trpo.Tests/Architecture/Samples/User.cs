namespace Trpo.Tests.Architecture.Samples;

/// <summary>Uses each of the other samples in another way, each in one way only.</summary>
[Marker(typeof(UsedInAttribute))]
internal sealed class User : UsedAsBase, IUsedAsInterface
{
    private readonly List<UsedInField?[]> _field = [];

    public static event Action<UsedInEvent>? Event;

    public UsedInProperty? Property { get; set; }

    public static string Method<T>(UsedAsParameter? parameter) where T : IUsedAsConstraint
    {
        Event?.Invoke(null!);
        object? local = Identity<UsedAsLocal?>(null);
        try
        {
            Console.WriteLine(typeof(UsedInTypeOf).Name + Enumerable.Empty<object>().OfType<UsedAsGenericArgument>().Count());
        }
        catch (UsedInCatch)
        {
            Func<string> lambda = () => UsedInLambda.Name;
            return lambda();
        }

        return $"{parameter}{local}";
    }

    public static IEnumerable<string> Iterate()
    {
        yield return new UsedInIterator().ToString()!;
    }

    public void Fill() => _field.Clear();

    private static TValue Identity<TValue>(TValue value) => value;
}
