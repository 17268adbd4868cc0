using System.Xml.Linq;
using Trpo.Results.Pictures;

namespace Trpo.Tests.Results;

/// <summary>Tests of the moving picture of pendulums.</summary>
public sealed class PendulumPictureTests
{
    [Test]
    public void Pendulums_turn_by_their_angles_in_degrees()
    {
        var picture = XElement.Parse(PendulumPicture.Draw("title", [("still", [0, 0, 0]), ("a quarter and back", [0, Math.PI / 2, 0])], step: 0.5));

        var turns = picture.Descendants().Where(element => element.Name.LocalName == "animateTransform").ToArray();
        Assert.That(turns.Select(turn => turn.Attribute("values")!.Value), Is.EqualTo(new[] { "0.0;0.0;0.0", "0.0;90.0;0.0" }));
        Assert.That(turns.Select(turn => turn.Attribute("dur")!.Value), Is.All.EqualTo("1s"));
        Assert.That(picture.Descendants().Where(element => element.Name.LocalName == "text").Select(text => text.Value), Is.EqualTo(new[] { "still", "a quarter and back" }));
    }

    [Test]
    public void A_turn_over_the_top_goes_on()
    {
        Assert.That(PendulumPicture.WithoutJumps([3, -3, -2.5, 3]), Is.EqualTo(new[] { 3, (2 * Math.PI) - 3, (2 * Math.PI) - 2.5, 3 }).Within(1e-12));
        Assert.That(PendulumPicture.WithoutJumps([]), Is.Empty);
    }
}
