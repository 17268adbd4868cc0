namespace Trpo.Results.Studies;

/// <summary>A change of one setting, to be compared with the settings that a study has chosen.</summary>
/// <param name="Name">The name of the files.</param>
/// <param name="Title">What is done otherwise, in words.</param>
/// <param name="Setting">The setting and its value, as code; one that is multiplied or lessened is the study's own.</param>
/// <param name="Change">Changes the setting, and nothing else.</param>
internal sealed record Variation(string Name, string Title, string Setting, Func<Study, Study> Change)
{
    /// <summary>The study with the change, a folder below the study's own; null where it would learn as it does anyway.</summary>
    public Study? Of(Study study)
    {
        var varied = Change(study) with { Name = $"{study.Name}/{Name}", Variation = Title };
        return SettingsReader.Of(varied).SequenceEqual(SettingsReader.Of(study)) ? null : varied;
    }
}
