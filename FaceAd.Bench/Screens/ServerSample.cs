using System.Diagnostics;
using System.Globalization;
using FaceAd.Bench.Crash;
using FaceAd.Web.Data;

namespace FaceAd.Bench.Screens;

/// <summary>Processor time of the server, its PostgreSQL and this program up to an instant, in seconds.</summary>
sealed record ServerSample(long At, double Web, double Postgres, double Own)
{
    /// <summary>Takes a sample.</summary>
    public static ServerSample Take(WebProcess web, EmbeddedPostgres postgres) => new(
        Stopwatch.GetTimestamp(), ProcessMeter.Seconds(web.ProcessId), ProcessMeter.SecondsOfFamily(postgres.ProcessId),
        ProcessMeter.Seconds(Environment.ProcessId));

    /// <summary>Processors in use since an earlier sample, on average.</summary>
    public ServerLoad Since(ServerSample earlier)
    {
        var seconds = Stopwatch.GetElapsedTime(earlier.At, At).TotalSeconds;
        return new((Web - earlier.Web) / seconds, (Postgres - earlier.Postgres) / seconds, (Own - earlier.Own) / seconds);
    }
}

/// <summary>Processors in use on average.</summary>
sealed record ServerLoad(double Web, double Postgres, double Own)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Web:0.000} cores, PostgreSQL {Postgres:0.000}");
}

/// <summary>Memory of the server after full collections, in bytes.</summary>
/// <param name="Resident">Of the process.</param>
/// <param name="Heap">Of the objects on the managed heap.</param>
sealed record ServerMemory(long Resident, double Heap);
