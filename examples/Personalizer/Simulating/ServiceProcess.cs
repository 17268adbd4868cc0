using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Trpo.Examples.Personalizer.Simulating;

/// <summary>The service in a process of its own, which can be killed and started again at the same address.</summary>
internal sealed class ServiceProcess : IDisposable
{
    public const string Key = "the key of callers";
    public const string AdminKey = "the key of the dashboard";

    private readonly Dictionary<string, string> _settings;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly string _launcher;
    private Process? _process;

    /// <param name="settings">The settings without the prefix Personalizer__.</param>
    /// <param name="launcher">A command in front of the process, such as one that limits it; empty for none.</param>
    public ServiceProcess(Dictionary<string, string> settings, string launcher = "")
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        _settings = settings;
        _launcher = launcher;
        Client = CreateClient(Key);
        Admin = CreateClient(AdminKey);
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public HttpClient Admin { get; }

    /// <summary>All that the processes wrote to the console.</summary>
    public IEnumerable<string> Output => _output;

    public int ProcessId => _process!.Id;

    public async Task StartAsync()
    {
        var dll = typeof(ServiceProcess).Assembly.Location;
        var start = _launcher.Length == 0 ? new ProcessStartInfo("dotnet", [dll]) : new ProcessStartInfo("bash", ["-c", $"{_launcher} exec dotnet \"$0\"", dll]);
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        start.WorkingDirectory = Path.GetDirectoryName(dll)!;
        start.Environment["ASPNETCORE_URLS"] = Address.ToString();
        start.Environment["DOTNET_TieredPGO"] = "0";
        foreach (var (name, value) in _settings.Append(new("Key", Key)).Append(new("AdminKey", AdminKey)))
            start.Environment[$"Personalizer__{name}"] = value;
        for (var i = 0; i < Population.Features.Length; i++)
            start.Environment[$"Personalizer__Features__{i}"] = Population.Features[i];
        for (var i = 0; i < Population.Actions.Length; i++)
            start.Environment[$"Personalizer__Actions__{i}"] = Population.Actions[i];
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => _output.Enqueue(line.Data ?? "");
        _process.ErrorDataReceived += (_, line) => _output.Enqueue(line.Data ?? "");
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await WaitUntilAsync(IsHealthyAsync);
    }

    /// <summary>Kills the process at once, as a power cut or the operating system does.</summary>
    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (_process is { HasExited: false })
            Kill();
        _process?.Dispose();
        Client.Dispose();
        Admin.Dispose();
    }

    private HttpClient CreateClient(string key)
    {
        var client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(60) };
        client.DefaultRequestHeaders.Add("X-Key", key);
        return client;
    }

    private async Task<bool> IsHealthyAsync()
    {
        if (_process!.HasExited)
            throw new InvalidOperationException($"The service ended:{Environment.NewLine}{string.Join(Environment.NewLine, _output)}");
        try
        {
            return (await Client.GetAsync("health")).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task WaitUntilAsync(Func<Task<bool>> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(60))
                throw new TimeoutException("The service did not start within a minute.");
            await timer.WaitForNextTickAsync();
        }
    }
}
