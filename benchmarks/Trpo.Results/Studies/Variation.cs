namespace Trpo.Results.Studies;

/// <summary>A change of one setting, compared with the settings of a study.</summary>
/// <param name="Name">The name of the files.</param>
/// <param name="Title">The change in words.</param>
/// <param name="Setting">The setting and its value as code, or the operation on the study's own value.</param>
/// <param name="Change">Changes the setting, and nothing else.</param>
internal sealed record Variation(string Name, string Title, string Setting, Func<Study, Study> Change)
{
    /// <summary>Applies the change to a study; the files are in a folder below the study's own. Returns null if the study has this setting already.</summary>
    public Study? Of(Study study)
    {
        var varied = Change(study) with { Name = $"{study.Name}/{Name}", Variation = Title };
        return SettingsReader.Of(varied).SequenceEqual(SettingsReader.Of(study)) ? null : varied;
    }
}
