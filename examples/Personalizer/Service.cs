using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.RateLimiting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Trpo.Runtime.Decisions;

namespace Trpo.Examples.Personalizer;

/// <summary>The web service: its parts, its endpoints, and who may call them.</summary>
internal static class Service
{
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        var options = builder.Configuration.GetSection("Personalizer").Get<PersonalizerOptions>() ?? new PersonalizerOptions();
        options.Check();
        builder.WebHost.ConfigureKestrel(server => server.Limits.MaxRequestBodySize = options.MaxRequestBytes);
        builder.Services.AddSingleton(options).AddSingleton(TimeProvider.System).AddSingleton<Database>().AddSingleton<IDecisionStore>(services => services.GetRequiredService<Database>())
            .AddSingleton(services => new DecisionLog(services.GetRequiredService<IDecisionStore>(), options.Rules, services.GetRequiredService<TimeProvider>()))
            .AddSingleton<Serving>().AddSingleton<Learner>().AddSingleton<Reporting>().AddHostedService<Schedule>();
        builder.Services.AddProblemDetails();
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict);
        builder.Services.Configure<RouteHandlerOptions>(handlers => handlers.ThrowOnBadRequest = true);

        // One window for all callers: keys are shared, and addresses are personal.
        builder.Services.AddRateLimiter(limiter =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, int>(_ => RateLimitPartition.GetFixedWindowLimiter(0, _ => new FixedWindowRateLimiterOptions { PermitLimit = options.MaxRequestsPerSecond, Window = TimeSpan.FromSeconds(1) }));
        });
        if (options.Telemetry)
        {
            builder.Services.AddSingleton(_ => Sdk.CreateTracerProviderBuilder().AddSource(Serving.Activities.Name, "Microsoft.AspNetCore").AddConsoleExporter().Build())
                .AddSingleton(_ => Sdk.CreateMeterProviderBuilder().AddMeter(Serving.Activities.Name, "Microsoft.AspNetCore.Hosting").AddConsoleExporter().Build());
        }

        var app = builder.Build();
        app.UseStatusCodePages();
        app.Use(HandleFailuresAsync);
        app.Use(RequireKeyAsync);
        app.UseRateLimiter();
        Map(app, options);
        return app;
    }

    public static async Task StartAsync(WebApplication app)
    {
        await app.Services.GetRequiredService<Database>().CreateAsync();
        await app.Services.GetRequiredService<Serving>().StartAsync();
        if (app.Services.GetRequiredService<PersonalizerOptions>().Telemetry)
            _ = (app.Services.GetRequiredService<TracerProvider>(), app.Services.GetRequiredService<MeterProvider>());
        await app.StartAsync();
    }

    private static void Map(WebApplication app, PersonalizerOptions options)
    {
        app.MapGet("/", () => Results.Stream(typeof(Service).Assembly.GetManifestResourceStream("page.html")!, "text/html; charset=utf-8"));
        app.MapGet("/health", () => "ok");
        var callers = app.MapGroup("").WithMetadata(new RequiredKey(options.Key));
        callers.MapPost("/decide", async (DecideRequest request, Serving serving, CancellationToken cancellation) =>
        {
            var (eventId, context, eligible) = request.Read(options);
            var decision = await serving.DecideAsync(eventId, request.Subject, context, eligible, cancellation);
            return Results.Ok(new { decision.Event, Action = options.Actions[decision.Action], decision.Probability, decision.Version });
        });
        callers.MapPost("/reward/{event}", async (string @event, RewardRequest request, DecisionLog log, CancellationToken cancellation) =>
        {
            if (request.Value is not { } value || !double.IsFinite(value))
                throw new BadHttpRequestException("The value must be a finite number.");
            var answer = await log.RewardAsync(@event, value, cancellation);
            Serving.Rewards.Add(1, new KeyValuePair<string, object?>("answer", answer.ToString()));
            return answer switch
            {
                RewardAnswer.Unknown => Results.Problem("No decision has this event.", statusCode: StatusCodes.Status404NotFound),
                RewardAnswer.Contradicted => Results.Problem("Another reward of this event is on record, and stays.", statusCode: StatusCodes.Status409Conflict),
                _ => Results.Ok(new { Answer = answer.ToString() }),
            };
        });
        var admin = app.MapGroup("").WithMetadata(new RequiredKey(options.AdminKey));
        admin.MapGet("/report", (Reporting reporting) => reporting.ReportAsync());
        admin.MapPost("/learn", (Learner learner, CancellationToken cancellation) => learner.LearnAsync(cancellation));
        admin.MapPost("/rollback", (Learner learner) => learner.RollBackAsync());
        admin.MapPost("/delete", DeleteAsync);
    }

    private static async Task<object> DeleteAsync(DeleteRequest request, Database database, TimeProvider clock, CancellationToken cancellation)
    {
        if (request.Subject is null == request.OlderThanDays is null || request.OlderThanDays is not null and not >= 0)
            throw new BadHttpRequestException("Give either a subject, or an age in days of 0 or more.");
        var (condition, value) = request.Subject is { } subject ? ("subject = @p0", (object)subject) : ("time_ms < @p0", (clock.GetUtcNow() - TimeSpan.FromDays(Math.Min(request.OlderThanDays!.Value, 365_000))).ToUnixTimeMilliseconds());
        var deleted = await database.WriteAsync(
            async (connection, transaction) =>
            {
                await Database.ExecuteAsync(connection, transaction, $"DELETE FROM reward WHERE event IN (SELECT event FROM decision WHERE {condition})", value);
                var count = await Database.ExecuteAsync(connection, transaction, $"DELETE FROM decision WHERE {condition}", value);
                await Database.ExecuteAsync(connection, transaction, "INSERT INTO deletion (time_ms, reason, decisions) VALUES (@p0, @p1, @p2)", clock.GetUtcNow().ToUnixTimeMilliseconds(), request.Subject is null ? "age" : "subject", (long)count);
                return count;
            },
            cancellation);
        return new { Deleted = deleted };
    }

    // Before anything of the body is read.
    private static Task RequireKeyAsync(HttpContext context, RequestDelegate next)
    {
        static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
        return context.GetEndpoint()?.Metadata.GetMetadata<RequiredKey>() is { } required && !CryptographicOperations.FixedTimeEquals(Hash(context.Request.Headers["X-Key"].ToString()), Hash(required.Key))
            ? Results.Problem("The header X-Key has no key for this.", statusCode: StatusCodes.Status401Unauthorized).ExecuteAsync(context)
            : next(context);
    }

    // Messages of the database may have values of a row in them, which are personal: only the kind is logged.
    private static async Task HandleFailuresAsync(HttpContext context, RequestDelegate next)
    {
        var (status, message) = (0, "");
        try
        {
            await next(context);
        }
        catch (BadHttpRequestException exception)
        {
            (status, message) = (exception.StatusCode, exception.StatusCode == StatusCodes.Status413PayloadTooLarge ? "The request is too large." : exception.InnerException is JsonException ? "The body is not the JSON that is expected here." : exception.Message);
        }
        catch (EventConflictException exception)
        {
            (status, message) = (StatusCodes.Status409Conflict, exception.Message);
        }
        catch (Exception exception) when (exception is DbException or IOException or TimeoutException)
        {
            Messages.NoAnswer(context.RequestServices.GetRequiredService<ILogger<Database>>(), exception.GetType().Name);
            (status, message) = (StatusCodes.Status503ServiceUnavailable, "The database does not answer: nothing was decided. Ask again, with the same event.");
        }

        if (status == 0 || context.Response.HasStarted)
            return;
        context.Response.Clear();
        if (status == StatusCodes.Status503ServiceUnavailable)
            context.Response.Headers.RetryAfter = "1";
        await Results.Problem(message, statusCode: status).ExecuteAsync(context);
    }

    private sealed record RequiredKey(string Key);
}
