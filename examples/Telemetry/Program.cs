using Microsoft.ML;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Telemetry;

// To send both to a collector: add the package OpenTelemetry.Exporter.OpenTelemetryProtocol and call AddOtlpExporter() instead of AddConsoleExporter().
// To let Prometheus scrape the metrics: add OpenTelemetry.Exporter.Prometheus.HttpListener and call AddPrometheusHttpListener().
var resource = ResourceBuilder.CreateEmpty().AddService("trpo-example", autoGenerateServiceInstanceId: false);
using var metrics = Sdk.CreateMeterProviderBuilder()
    .SetResourceBuilder(resource)
    .AddMeter(TrpoTelemetry.MeterName)
    .AddConsoleExporter()
    .Build();
using var traces = Sdk.CreateTracerProviderBuilder()
    .SetResourceBuilder(resource)
    .AddSource(TrpoTelemetry.ActivitySourceName)
    .AddConsoleExporter()
    .Build();

var ml = new MLContext(seed: 1);
var cartPole = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole());
using var policy = ml.ReinforcementLearning.Trainers.Trpo(cartPole, new() { TotalSteps = 1_024 }).Fit(cartPole);

// Disposing of the providers exports what they hold: the gauges of the last iteration, and the counters.
