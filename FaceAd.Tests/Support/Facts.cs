using System.Diagnostics.Metrics;
using FaceAd.Core;
using FaceAd.Tests.Support.Screens;
using FaceAd.Web.Audiences;
using FaceAd.Web.Audiences.Persons;
using FaceAd.Web.Decisions;
using FaceAd.Web.Exposures;
using FaceAd.Web.Frames;
using FaceAd.Web.Metrics;
using FaceAd.Web.Metrics.Rollups;
using FaceAd.Web.Players;
using FaceAd.Web.Plays;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace FaceAd.Tests.Support;

/// <summary>The stages that write facts, on a database, without the app around them.</summary>
public sealed class Facts : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly DecisionSeals _decisions;
    private readonly Task _ready;
    private readonly PlayIntake _plays;
    private readonly ExposureStore _exposures;

    /// <summary>Makes the stages.</summary>
    internal Facts(TestDatabase database, TimeProvider time, PrivacyTerms? terms = null)
    {
        _source = new NpgsqlDataSourceBuilder(database.ConnectionString).Build();
        var meters = _services.GetRequiredService<IMeterFactory>();
        _decisions = NewSeals(_source);
        _ready = _decisions.StartAsync(default);
        _plays = new PlayIntake(
            new PlayChecks(
                new PlayedCreatives(_source), _decisions, NewPlaySeals(_source, time), new ConnectedTimes(), new AnalysisGaps(), time),
            new PlayStore(_source, meters), time, meters, NullLogger<PlayIntake>.Instance);
        _ = _plays.StartAsync(default);
        _exposures = new ExposureStore(_source, new ExposurePartitions());
        Store = new AudienceStore(_source);
        Recogniser = NewRecogniser(database, time, terms: terms);
        Metrics = new MetricsReader(database.Contexts, _source, time);
        Breakdown = new MetricsBreakdown(database.Contexts, _source, time);
        Audience = new AudienceFiguresReader(_source, time, NullLogger<AudienceFiguresReader>.Instance);
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

    internal static DecisionSeals NewSeals(NpgsqlDataSource source, IDataProtectionProvider? ring = null) =>
        new(source, ring ?? new EphemeralDataProtectionProvider(), TimeProvider.System, NullLogger<DecisionSeals>.Instance);

    internal static PacingKeeper NewPacing(NpgsqlDataSource source, TimeProvider time) => new(
        new SupplyReader(source), new ConfigurationBuilder().Build(), time, NullLogger<PacingKeeper>.Instance);

    internal static PlaySeals NewPlaySeals(NpgsqlDataSource source, TimeProvider time) =>
        new(new ScreenKeys(source, time, NullLogger<ScreenKeys>.Instance));

    /// <summary>Commits play reports of campaigns, each after a decision taken when it began.</summary>
    public async Task<PlayReceipt> PlayAsync(ScreenEntry screen, params PlayReport[] reports)
    {
        await _ready;
        var decided = reports.Select(r => r with { DecisionId = _decisions.Make(screen.Id, r.CreativeId, r.StartedAt) });
        var receipt = await _plays.CommitAsync(screen, DeviceClient.Keys.Sign(screen.Id, decided), default);
        Assert.Equal(0, receipt.Disputed); // the plays of these tests are honest
        return receipt;
    }

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
