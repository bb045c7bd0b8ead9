using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Text;
using FaceAd.Web.Hosting;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace FaceAd.Web.Operations;

/// <summary>Exports the app's meters and traces by OpenTelemetry.</summary>
static class Telemetry
{
    /// <summary>Where Prometheus scrapes.</summary>
    public const string MetricsPath = "/metrics";

    /// <summary>OpenTelemetry's own name for the address of a collector. Its exporter reads its other settings by such names.</summary>
    private const string Collector = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private const int LeastToken = 16;

    private static readonly string[] Meters =
    [
        "FaceAd.*", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel",
        "Microsoft.AspNetCore.Components.Server.Circuits", "System.Runtime", "Npgsql",
    ];

    /// <summary>Registers the exporters that are configured.</summary>
    /// <exception cref="StartException">A setting is out of range.</exception>
    public static void AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        var options = OptionsOf(configuration);
        if (options.TraceRatio is not (>= 0 and <= 1))
            throw new StartException("Telemetry:TraceRatio must be a number from 0 to 1.");
        if (options.MetricsToken is { Length: < LeastToken })
            throw new StartException($"Telemetry:MetricsToken must have at least {LeastToken} characters.");
        var hasCollector = !string.IsNullOrWhiteSpace(configuration[Collector]);
        if (!hasCollector && options.MetricsToken is null) return;
        var telemetry = services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService("FaceAd.Web"));
        telemetry.WithMetrics(metrics =>
        {
            metrics.AddMeter(Meters).AddView(ViewOf);
            if (options.MetricsToken is not null) metrics.AddPrometheusExporter();
            if (hasCollector) metrics.AddOtlpExporter();
        });
        if (!hasCollector) return;
        // By our ratio alone: a request's traceparent, which anybody can send, does not decide.
        telemetry.WithTracing(traces =>
            traces.AddSource(Traces.SourceName).SetSampler(new TraceIdRatioBasedSampler(options.TraceRatio)).AddOtlpExporter());
    }

    /// <summary>Serves the meters, where configured. For everybody else there is no such page.</summary>
    public static void UseMetricsPage(this WebApplication app)
    {
        if (OptionsOf(app.Configuration).MetricsToken is not { } token) return;
        app.UseOpenTelemetryPrometheusScrapingEndpoint(
            context => context.Request.Path == MetricsPath && HasToken(context.Request, token));
    }

    private static TelemetryOptions OptionsOf(IConfiguration configuration) =>
        configuration.GetSection("Telemetry").Get<TelemetryOptions>() ?? new();

    private static bool HasToken(HttpRequest request, string token) => CryptographicOperations.FixedTimeEquals(
        Encoding.UTF8.GetBytes(request.Headers.Authorization.ToString()), Encoding.UTF8.GetBytes($"Bearer {token}"));

    private static MetricStreamConfiguration? ViewOf(Instrument instrument) => instrument.Name switch
    {
        // Of thousands of screens: one series, not one for each.
        "facead.frames.received" or "facead.frames.dropped" or "facead.frames.invalid" or "facead.frames.late" or "facead.pushes" =>
            new MetricStreamConfiguration { TagKeys = [] },
        "facead.decisions.time" => new ExplicitBucketHistogramConfiguration
        {
            Boundaries = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100], // ms
        },
        "facead.plays.step" => new ExplicitBucketHistogramConfiguration
        {
            Boundaries = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10], // s
        },
        _ => null,
    };
}
