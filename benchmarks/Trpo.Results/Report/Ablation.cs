using Trpo.Results.Files;
using Trpo.Results.Studies;

namespace Trpo.Results.Report;

/// <summary>The finished seeds of a study and of its variations.</summary>
/// <param name="Own">The study with its own settings.</param>
/// <param name="Varied">The variations by name; one that does not change the study is missing.</param>
internal sealed record Ablation(Measured Own, IReadOnlyDictionary<string, Measured> Varied)
{
    public static Ablation Of(Study study, IEnumerable<Variation> variations, ResultStore store, int seeds, int episodes)
    {
        var varied = new Dictionary<string, Measured>();
        foreach (var variation in variations)
        {
            if (variation.Of(study) is { } other)
                varied[variation.Name] = Measured.Of(other, store, seeds, episodes);
        }

        return new Ablation(Measured.Of(study, store, seeds, episodes), varied);
    }
}
