using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Trpo.Onnx.Hosting;

namespace Trpo.Tests.Onnx.Hosting;

/// <summary>Tests of policies as services of an application.</summary>
public sealed class PolicyServiceTests
{
    [Test]
    public void A_policy_is_one_service_which_is_disposed_with_the_others()
    {
        using var file = new HostedFile(Support.Policies.Onnx(Support.Policies.Choices));
        var path = file.Path;
        var services = new ServiceCollection();
        services.AddPolicy(path);                             // a file, which is watched: its new versions are served
        PolicyHost host;
        using (var provider = services.BuildServiceProvider())
        {
            host = provider.GetRequiredService<PolicyHost>();
            Assert.That(provider.GetRequiredService<PolicyHost>(), Is.SameAs(host));
            Assert.That(host.Act([1, 2, 3, 4]), Is.InRange(0, 2));
        }

        Assert.That(() => host.Act([1, 2, 3, 4]), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void Policies_with_keys_are_services_of_their_own()
    {
        using var choices = new HostedFile(Support.Policies.Onnx(Support.Policies.Choices));
        using var vectors = new HostedFile(Support.Policies.Onnx(Support.Policies.Vectors));
        using var services = new ServiceCollection().AddKeyedPolicy("choices", choices.Path).AddKeyedPolicy("vectors", vectors.Path).BuildServiceProvider();

        Assert.That(services.GetRequiredKeyedService<PolicyHost>("choices").Metadata.Actions.ToString(), Is.EqualTo(Support.Policies.Choices.ToString()));
        Assert.That(services.GetRequiredKeyedService<PolicyHost>("vectors").Metadata.Actions.ToString(), Is.EqualTo(Support.Policies.Vectors.ToString()));
    }

    [Test]
    public void Replacements_and_refusals_are_logged_and_handed_on()
    {
        using var file = new HostedFile(Support.Policies.Onnx(Support.Policies.Choices));
        using var log = new ListLoggerProvider();
        using var services = new ServiceCollection()
            .AddLogging(logging => logging.AddProvider(log))
            .AddPolicy(file.Path, options => (options.WatchInterval, options.Changed) = (null, file.Changes.Add))
            .BuildServiceProvider();
        var host = services.GetRequiredService<PolicyHost>();
        file.Write(Support.Policies.Onnx(Support.Policies.Choices, seed: 2));
        host.Reload();
        file.Overwrite([1, 2, 3]);
        host.Reload();

        Assert.That(log.Lines, Has.Count.EqualTo(2));
        Assert.That(log.Lines[0], Does.StartWith($"Information Serving the policy of {file.Path} from now on: "));
        Assert.That(log.Lines[1], Does.StartWith($"Error Could not serve the policy of {file.Path}; the earlier one goes on being served. InvalidDataException"));
        Assert.That(file.Changes.Select(change => change.IsReplaced), Is.EqualTo(new[] { true, false }));
    }

    [Test]
    public void A_wrong_file_fails_when_the_service_is_asked_for()
    {
        using var file = new HostedFile([1, 2, 3]);
        using var services = new ServiceCollection().AddPolicy(file.Path).BuildServiceProvider();

        Assert.That(services.GetRequiredService<PolicyHost>, Throws.TypeOf<InvalidDataException>().With.Message.Contains(file.Path));
    }

    private sealed class ListLoggerProvider : ILoggerProvider, ILogger
    {
        public List<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add($"{logLevel} {formatter(state, exception)} {exception?.GetType().Name}".TrimEnd());

        public void Dispose()
        {
        }
    }
}
