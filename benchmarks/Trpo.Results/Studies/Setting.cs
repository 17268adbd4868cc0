namespace Trpo.Results.Studies;

/// <summary>The printed form of one setting.</summary>
/// <param name="Name">The path of properties, separated by dots.</param>
/// <param name="Value">The value as text.</param>
/// <param name="IsDefault">True if the value is the default.</param>
internal sealed record Setting(string Name, string Value, bool IsDefault)
{
    public override string ToString() => $"{Name} = {Value}";
}
