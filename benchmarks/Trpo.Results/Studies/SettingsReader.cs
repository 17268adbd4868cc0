using System.Collections;
using System.Globalization;
using System.Reflection;
using Trpo.Estimators;

namespace Trpo.Results.Studies;

/// <summary>Reads settings from the objects that training uses, so that the printed settings are the used ones.</summary>
internal static class SettingsReader
{
    // The run sets these. But for the seed, results do not depend on them.
    private static readonly string[] NotOfTheStudy = [nameof(TrpoOptions.Seed), nameof(TrpoOptions.Threads), nameof(TrpoOptions.Progress), nameof(TrpoOptions.Cancellation), nameof(TrpoOptions.Checkpoints)];

    /// <summary>Returns everything that a study's results depend on but for the seed, the number of episodes and the library.</summary>
    /// <exception cref="NotSupportedException">An option holds a function or an object that cannot be read, and the study does not describe it.</exception>
    public static IReadOnlyList<Setting> Of(Study study)
    {
        List<Setting> settings =
        [
            new(nameof(Study.Environment), study.Environment().Name, IsDefault: false),
            new(nameof(Study.Environments), Text(study.Environments), IsDefault: false),
            new(nameof(Study.Normalization), study.Normalization?.ToString() ?? "none", IsDefault: false),
            new("Window", Text(study.Solved.Episodes), IsDefault: false),
        ];
        Read(study.Options, new TrpoOptions(), "", study.Described, settings);
        return settings;
    }

    /// <summary>Returns the trainer's settings that differ from their defaults.</summary>
    /// <exception cref="NotSupportedException">An option holds a function or an object that cannot be read, and the study does not describe it.</exception>
    public static IReadOnlyList<Setting> Differences(Study study)
    {
        var settings = new List<Setting>();
        Read(study.Options, new TrpoOptions(), "", study.Described, settings);
        return [.. settings.Where(setting => !setting.IsDefault)];
    }

    private static void Read(object holder, object? defaults, string prefix, IReadOnlyDictionary<string, string> described, List<Setting> settings)
    {
        foreach (var property in Properties(holder.GetType()))
        {
            var value = property.GetValue(holder);
            var usual = defaults is not null && property.DeclaringType!.IsInstanceOfType(defaults) ? property.GetValue(defaults) : null;
            var name = prefix + property.Name;
            if (NotOfTheStudy.Contains(name))
                continue;
            if (described.TryGetValue(name, out var words))
                settings.Add(new Setting(name, words, IsDefault: false));
            else if (TryText(value) is { } text)
                settings.Add(new Setting(name, text, defaults is not null && text == TryText(usual)));
            else if (value is not Delegate && Properties(value!.GetType()).Any())
                ReadParts(value, usual, name, described, settings);
            else
                throw new NotSupportedException($"The setting {name} holds a {value!.GetType().Name}, which cannot be read: describe it in {nameof(Study)}.{nameof(Study.Described)}[\"{name}\"].");
        }
    }

    // The defaults of an object of another type are those of a new object of that type.
    private static void ReadParts(object value, object? usual, string name, IReadOnlyDictionary<string, string> described, List<Setting> settings)
    {
        if (usual?.GetType() != value.GetType())
        {
            settings.Add(new Setting(name, value.GetType().Name, IsDefault: false));
            usual = value.GetType().GetConstructor(Type.EmptyTypes)?.Invoke(null);
        }

        Read(value, usual, name + ".", described, settings);
    }

    private static IEnumerable<PropertyInfo> Properties(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite && property.GetIndexParameters().Length == 0);

    private static string Text(object value) => TryText(value)!;

    private static string? TryText(object? value) => value switch
    {
        null => "none",
        string text => $"\"{text}\"",
        bool truth => truth ? "true" : "false",
        int or long or short or byte or uint or ulong => string.Create(CultureInfo.InvariantCulture, $"{value:N0}"),
        double or float or decimal => string.Create(CultureInfo.InvariantCulture, $"{value}"),
        Enum => value.ToString(),
        TimeSpan time => time.ToString("c", CultureInfo.InvariantCulture),
        IEnumerable items => Items(items),
        _ => null,
    };

    private static string? Items(IEnumerable items)
    {
        var texts = items.Cast<object?>().Select(TryText).ToList();
        return texts.Contains(null) ? null : $"[{string.Join(", ", texts)}]";
    }
}
