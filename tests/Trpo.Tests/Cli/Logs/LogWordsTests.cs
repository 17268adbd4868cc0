using System.Text.RegularExpressions;
using Trpo.Cli.Logs;
using Trpo.Tests.Support;

namespace Trpo.Tests.Cli.Logs;

/// <summary>Tests of the messages of the library in the words of the command line, by the sources of the library.</summary>
public sealed partial class LogWordsTests
{
    // The command line has no candidates, no trainers and no rules, puts the mask into the observation by itself, and checks the columns of episodes before the library does.
    private static readonly string[] NotReached =
    [
        "Set LogEvaluationOptions.Actions to ActionSpace.Discrete", "Put Concatenate(", "places for candidates", "LogColumns names no column of probabilities", "LogColumns.Step is '", "LogColumns names a column of episodes",
        "LogColumns.ActionFeatures names column", "RewardModel.Trainer", "LogColumns.Observation is null", "LogColumns.Episode is '",
    ];

    private static readonly LogWords Words = new(new LogChoice("action", "reward", "p", IsLogarithm: false, []));

    [Test]
    public void Every_phrase_occurs_in_the_library()
    {
        var library = string.Join('\n', Lines());
        Assert.That(LogWords.Phrases.Select(phrase => phrase.Library).Where(phrase => !library.Contains(phrase, StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public void No_message_of_the_library_names_a_member_to_users_of_the_command_line()
    {
        var literals = Lines().Where(line => !Array.Exists(NotReached, line.Contains)).SelectMany(line => Literal().Matches(Words.Of(line)).Select(match => Hole().Replace(match.Value, "")));
        Assert.That(literals.Where(text => text.Contains(' ', StringComparison.Ordinal) && Member().IsMatch(text)), Is.Empty);
    }

    [Test]
    public void What_is_not_reached_is_in_the_library()
    {
        var library = string.Join('\n', Lines());
        Assert.That(NotReached.Where(text => !library.Contains(text, StringComparison.Ordinal)), Is.Empty);
    }

    // A message stands in one line, whose names of members are as they will be read.
    private static IEnumerable<string> Lines() => Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", "Trpo.Estimators", "Logs"), "*.cs", SearchOption.AllDirectories)
        .SelectMany(File.ReadLines)
        .Select(line => line.Trim())
        .Where(line => line.Contains('"', StringComparison.Ordinal) && !line.StartsWith("//", StringComparison.Ordinal))
        .Select(line => NameOf().Replace(line.Replace("\\\"", "", StringComparison.Ordinal), match => match.Groups[1].Value[(match.Groups[1].Value.LastIndexOf('.') + 1)..]));

    [GeneratedRegex(@"\{nameof\(([A-Za-z.]+)\)\}")]
    private static partial Regex NameOf();

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Literal();

    [GeneratedRegex(@"\{[^}]*\}?")]
    private static partial Regex Hole();

    [GeneratedRegex(@"\b(LogColumns|CheckLog|EvaluateFromLog|TrpoFromLog|[A-Za-z]+Options|RewardModel|ReplaceMissingValues|MinEffectiveRows|TakeRows|ProjectToPrincipalComponents|NormalizeMeanVariance|PolicyColumns|Concatenate|ActionSpace|HeldOutShare)\b")]
    private static partial Regex Member();
}
