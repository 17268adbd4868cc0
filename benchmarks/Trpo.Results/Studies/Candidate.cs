namespace Trpo.Results.Studies;

/// <summary>One of the choices that a comparison measures, such as a way to end a training or a family of distributions.</summary>
/// <param name="Name">The name of the files.</param>
/// <param name="Title">The choice in words.</param>
/// <param name="Setting">The settings as code, or a note that it is no option.</param>
/// <param name="Change">Changes the settings of a study that has none of the candidates.</param>
internal sealed record Candidate(string Name, string Title, string Setting, Func<Study, Study> Change)
{
    /// <summary>The settings of the trainer that the candidates of a study begin with.</summary>
    public const string Defaults = "the defaults";

    /// <inheritdoc cref="Defaults"/>
    public const string Preset = "the preset for fewer steps";

    /// <summary>Applies the candidate to a study.</summary>
    /// <param name="study">The study, with the settings that the candidate changes.</param>
    /// <param name="basis"><see cref="Defaults"/> or <see cref="Preset"/>.</param>
    /// <param name="steps">The number of environment steps.</param>
    /// <param name="prefix">The start of the name of the folder of the files, which differs between comparisons.</param>
    public Study Of(Study study, string basis, int steps, string prefix = Comparison.Endings) => Change(study with { Options = study.Options with { TotalSteps = steps } }) with
    {
        Name = FormattableString.Invariant($"{study.Name}/{prefix}-{(basis == Defaults ? "defaults" : "preset")}-{steps}/{Name}"),
        Variation = FormattableString.Invariant($"{basis}, {Title}, {steps:N0} steps"),
    };
}
