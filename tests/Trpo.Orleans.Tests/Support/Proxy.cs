using System.Reflection;

namespace Trpo.Orleans.Tests.Support;

/// <summary>An implementation of any interface by one method. For interfaces of grains, whose implementations Orleans would register.</summary>
public class Proxy : DispatchProxy
{
    private Func<object?[], object?> _call = _ => throw new InvalidOperationException("The proxy was not created by its own method.");

    /// <summary>Creates an implementation.</summary>
    /// <param name="call">Answers each call, given its arguments.</param>
    public static T Of<T>(Func<object?[], object?> call) where T : class
    {
        var proxy = Create<T, Proxy>();
        ((Proxy)(object)proxy)._call = call;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => _call(args ?? []);
}
