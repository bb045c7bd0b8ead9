using System.Diagnostics.Metrics;
using FaceAd.Core;
using FaceAd.Web.Audiences;
using FaceAd.Web.Audiences.Persons;
using FaceAd.Web.Exposures;
using FaceAd.Web.Frames;
using FaceAd.Web.Metrics;
using FaceAd.Web.Metrics.Rollups;
using FaceAd.Web.Plays;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace FaceAd.Tests.Support;

/// <summary>The stages that write facts, on a database, without the app around them.</summary>
public sealed class Facts : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly PlayIntake _plays;
    private readonly ExposureStore _exposures;

    /// <summary>Makes the stages.</summary>
    internal Facts(TestDatabase database, TimeProvider time, PrivacyTerms? terms = null)
    {
        _source = new NpgsqlDataSourceBuilder(database.ConnectionString).Build();
        var meters = _services.GetRequiredService<IMeterFactory>();
        _plays = new PlayIntake(new PlayedCreatives(_source), new PlayStore(_source, meters), new AnalysisGaps(), time, meters,
            NullLogger<PlayIntake>.Instance);
        _ = _plays.StartAsync(default);
        _exposures = new ExposureStore(_source, new ExposurePartitions());
        Store = new AudienceStore(_source);
        Recogniser = NewRecogniser(database, time, terms: terms);
        Metrics = new MetricsReader(database.Contexts, _source, time);
        Breakdown = new MetricsBreakdown(database.Contexts, _source, time);
        Audience = new AudienceFiguresReader(_source);
        Auditor = new RollupAuditor(_source);
    }

    /// <summary>Computes metrics.</summary>
    internal MetricsReader Metrics { get; }

    /// <summary>Takes metrics apart.</summary>
    internal MetricsBreakdown Breakdown { get; }

    /// <summary>Computes the audience of places.</summary>
    internal AudienceFiguresReader Audience { get; }

    /// <summary>Checks the rollups.</summary>
    internal RollupAuditor Auditor { get; }

    internal AudienceStore Store { get; }

    internal PersonRecogniser Recogniser { get; }

    internal static PersonRecogniser NewRecogniser(
        TestDatabase database, TimeProvider time, IDataProtectionProvider? ring = null, PrivacyTerms? terms = null) =>
        new(database.Contexts, NewKeys(database, time, ring), terms ?? PrivacyTerms.Default, time);

    internal static EpochKeys NewKeys(TestDatabase database, TimeProvider time, IDataProtectionProvider? ring = null) =>
        new(database.Source, ring ?? new EphemeralDataProtectionProvider(), time, NullLogger<EpochKeys>.Instance);

    /// <summary>Commits play reports.</summary>
    public Task<PlayReceipt> PlayAsync(ScreenEntry screen, params PlayReport[] reports) => _plays.CommitAsync(screen, reports, default);

    /// <summary>Commits an audience report with people recognised by their views.</summary>
    public async Task SeeAsync(ScreenEntry screen, AudienceReport report) =>
        await Store.WriteAsync([(screen, report, await Recogniser.RecogniseAsync(screen, report))], default);

    /// <summary>Brings all exposures up to date.</summary>
    public async Task UpdateExposuresAsync()
    {
        foreach (var site in await _exposures.FindDueSitesAsync(default))
        {
            while ((await _exposures.UpdateAsync(site, ExposureCalculator.DefaultThreshold, default)).More)
            {
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _plays.StopAsync(default);
        _plays.Dispose();
        await _source.DisposeAsync();
        await _services.DisposeAsync();
    }
}
