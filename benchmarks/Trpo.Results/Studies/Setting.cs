namespace Trpo.Results.Studies;

/// <summary>One setting, as it is printed.</summary>
/// <param name="Name">The path of properties to it, with dots.</param>
/// <param name="Value">Its value.</param>
/// <param name="IsDefault">Whether it is what it would be if nobody had set it.</param>
internal sealed record Setting(string Name, string Value, bool IsDefault)
{
    public override string ToString() => $"{Name} = {Value}";
}
