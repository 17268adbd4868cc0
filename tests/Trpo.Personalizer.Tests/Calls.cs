using System.Net;
using System.Text;
using System.Text.Json;

namespace Trpo.Personalizer.Tests;

/// <summary>Calls of a service over HTTP.</summary>
internal static class Calls
{
    public static async Task<(HttpStatusCode Status, string Text)> PostAsync(this HttpClient client, string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri(path, UriKind.Relative), content);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public static Task<(HttpStatusCode Status, string Text)> DecideAsync(this HttpClient client, string eventId, double x = 0.5, double y = 0.5, string subject = "someone", string eligible = "null") =>
        client.PostAsync("decide", string.Create(System.Globalization.CultureInfo.InvariantCulture, $$"""{"event":"{{eventId}}","subject":"{{subject}}","context":{"x":{{x}},"y":{{y}}},"eligible":{{eligible}}}"""));

    public static Task<(HttpStatusCode Status, string Text)> RewardAsync(this HttpClient client, string eventId, string value) => client.PostAsync($"reward/{eventId}", $$"""{"value":{{value}}}""");

    /// <summary>Asks again until the database answers, as callers do.</summary>
    public static async Task<(HttpStatusCode Status, string Text)> UntilAnsweredAsync(Func<Task<(HttpStatusCode Status, string Text)>> ask)
    {
        (HttpStatusCode Status, string Text) answer;
        do
            answer = await ask();
        while (answer.Status == HttpStatusCode.ServiceUnavailable);
        return answer;
    }

    /// <summary>Waits until no decision is pending, on the clock of the service.</summary>
    public static async Task SettledAsync(this HttpClient admin)
    {
        JsonDocument report;
        do
            report = JsonDocument.Parse(await admin.GetStringAsync(new Uri("report", UriKind.Relative)));
        while (report.RootElement.GetProperty("counts").GetProperty("pending").GetInt64() > 0);
    }

    public static JsonElement Json(this (HttpStatusCode Status, string Text) answer) => JsonDocument.Parse(answer.Text).RootElement;
}
