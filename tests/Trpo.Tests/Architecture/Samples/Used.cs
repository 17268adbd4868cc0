namespace Trpo.Tests.Architecture.Samples;

internal class UsedAsBase;

internal interface IUsedAsInterface;

internal sealed class UsedInAttribute;

internal sealed class UsedInField;

internal sealed class UsedInEvent;

internal sealed class UsedInProperty;

internal sealed class UsedAsParameter;

internal interface IUsedAsConstraint;

internal sealed class UsedAsLocal;

internal sealed class UsedInTypeOf;

internal sealed class UsedAsGenericArgument;

internal sealed class UsedInCatch : Exception;

internal static class UsedInLambda
{
    public static string Name => "";
}

internal sealed class UsedInIterator;

[AttributeUsage(AttributeTargets.Class)]
internal sealed class MarkerAttribute(Type type) : Attribute
{
    public Type Type { get; } = type;
}
