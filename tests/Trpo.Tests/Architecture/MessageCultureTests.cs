using System.Reflection;
using System.Reflection.Metadata.Ecma335;
using System.Runtime.CompilerServices;

namespace Trpo.Tests.Architecture;

/// <summary>No text of the shipped libraries follows the culture of the thread: interpolated strings that format numbers or times name the invariant culture.</summary>
public sealed class MessageCultureTests
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly Type[] Cultural = [typeof(float), typeof(double), typeof(decimal), typeof(Half), typeof(TimeSpan), typeof(DateTime), typeof(DateTimeOffset)];

    [TestCaseSource(typeof(ShippedLibraries), nameof(ShippedLibraries.All))]
    public void Numbers_in_texts_are_invariant(object library)
    {
        var assembly = Assembly.LoadFrom(((ShippedLibrary)library).Path);

        Assert.That(assembly.GetTypes().SelectMany(Violations), Is.Empty);
    }

    [Test]
    public void Interpolations_that_follow_the_culture_are_found() =>
        Assert.That(typeof(Samples).GetMethods(All).Where(method => Violations(method).Any()).Select(method => method.Name), Is.EquivalentTo(new[] { "Plain", "Formatted", "Nullable", "Nested", "Joined" }));

    private static IEnumerable<string> Violations(Type type) => type.GetMethods(All).Concat<MethodBase>(type.GetConstructors(All)).SelectMany(Violations);

    // An interpolation begins with the constructor of its handler, and ends where the text is taken. Others may stand within it.
    private static IEnumerable<string> Violations(MethodBase method)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } instructions || method.DeclaringType!.FullName!.StartsWith("Trpo.Onnx.Graph.Format", StringComparison.Ordinal))
            yield break;
        var open = new Stack<bool>();
        foreach (var token in MethodBody.Tokens(instructions).Select(handle => MetadataTokens.GetToken(handle)))
        {
            if (Resolve(method, token) is not { } called)
                continue;
            var argument = called.IsGenericMethod ? called.GetGenericArguments()[0] : null;
            if (called.DeclaringType == typeof(DefaultInterpolatedStringHandler))
            {
                if (called.IsConstructor)
                    open.Push(called.GetParameters().Length == 2);
                else if (called.Name == nameof(DefaultInterpolatedStringHandler.ToStringAndClear))
                    open.TryPop(out _);
                else if (open.TryPeek(out var follows) && follows && argument is not null && FollowsCulture(argument, called))
                    yield return $"{method.DeclaringType}.{method.Name} formats a {argument}";
            }
            else if (called.DeclaringType == typeof(string) && called.Name == nameof(string.Create))
            {
                open.TryPop(out _);
            }
            else if (called.DeclaringType == typeof(string) && called.Name == nameof(string.Join) && argument is not null && FollowsCulture(argument, called))
            {
                yield return $"{method.DeclaringType}.{method.Name} joins values of {argument}";
            }
        }
    }

    // A whole number without a format has no separator.
    private static bool FollowsCulture(Type type, MethodBase called) =>
        Cultural.Contains(Nullable.GetUnderlyingType(type) ?? type) || (type.IsPrimitive && called.GetParameters().Any(parameter => parameter.Name == "format"));

    private static MethodBase? Resolve(MethodBase method, int token)
    {
        if ((token >> 24) is not (0x06 or 0x0A or 0x2B))
            return null;
        var types = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null;
        return method.Module.ResolveMember(token, types, method.IsGenericMethod ? method.GetGenericArguments() : null) as MethodBase;
    }

    private static class Samples
    {
        public static string Plain(double value) => $"A value of {value}.";

        public static string Formatted(int value) => $"A value of {value:N0}.";

        public static string Nullable(float? value) => $"A value of {value}.";

        public static string Nested(double value) => FormattableString.Invariant($"{(value > 0 ? $"a value of {value}" : "nothing")}");

        public static string Joined(float[] values) => string.Join(", ", values);

        public static string Whole(int value) => $"A value of {value}.";

        public static string Invariant(double value) => FormattableString.Invariant($"A value of {value:N0}.");

        public static string Created(double value) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"A value of {value}, {(value > 0 ? $"{nameof(value)} of {1}" : "")} and {value:G3}.");
    }
}
