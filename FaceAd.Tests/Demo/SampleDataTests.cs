using FaceAd.Demo;
using FaceAd.Demo.History.Bookings;
using FaceAd.Demo.History.Riders;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Exposures;
using FaceAd.Web.Metrics.Rollups;
using FaceAd.Web.Notifications;
using FaceAd.Web.Plays;
using FaceAd.Web.Privacy;
using FaceAd.Web.Samples;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace FaceAd.Tests.Demo;

/// <summary>The history of the demonstration, and its removal. In order: the last test removes it.</summary>
[Collection("videos")]
public sealed class SampleDataTests(SampledApp app) : IClassFixture<SampledApp>
{
    RollupAuditor Auditor => app.Services.GetRequiredService<RollupAuditor>();

    [Fact]
    public async Task History_OnceSeeded_CanBeRemovedWhollyAndLeavesRealDataAlone()
    {
        Assert.Empty(await Auditor.CompareAsync());
        await SeesPastAsync();
        Assert.False(await app.SeedAsync(TextWriter.Null)); // a restart
        var (gone, files) = await IdsAsync();
        using var admin = await Visitor.SignedInAsync(app, DemonstrationSeed.AdminEmail, "facead-demo");
        using var stranger = await Visitor.SignedInAsync(app, SampledApp.RealEmail, SampledApp.Password);
        Assert.Contains("data-sample", await new Visitor(app).Http.GetStringAsync("account/login"), StringComparison.Ordinal);
        Assert.Contains("data-sample", await stranger.Http.GetStringAsync("campaigns"), StringComparison.Ordinal);

        var viewer = new Viewer(Guid.NewGuid(), IsMediaOwner: true) { ReadOnly = true, Manages = true };
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => app.Services.GetRequiredService<SampleData>().RemoveAsync(viewer));
        Assert.Equal(2, (await TotalAsync()).Impressions);
        await app.Services.GetRequiredService<SampleData>().RemoveAsync(await AdminAsync());

        Assert.DoesNotContain("data-sample", await admin.Http.GetStringAsync("organisation"), StringComparison.Ordinal);
        Assert.Empty(await FindAsync(gone));
        Assert.Empty(await Auditor.CompareAsync());
        var total = await TotalAsync();
        Assert.Equal((1, 1, 1), (total.Plays, total.Impressions, total.TargetImpressions)); // at the real screen
        await using var db = app.NewContext();
        Assert.Equal([DemonstrationSeed.MediaOwner, "Real Foods"], await db.Organisations.Select(o => o.Name).Order().ToListAsync());
        Assert.Equal([DemonstrationSeed.AdminEmail, SampledApp.RealEmail], await db.Users.Select(u => u.Email).Order().ToListAsync());
        Assert.Equal([app.RealSite], await db.Sites.Select(s => s.Id).ToListAsync());
        Assert.Equal(1, await db.Plays.CountAsync());

        Assert.NotEmpty(files);
        Assert.False(await app.SeedAsync(TextWriter.Null));
        Assert.All(files, file => Assert.False(File.Exists(file), file)); // players that have no screen any more
    }

    async Task<Viewer> AdminAsync()
    {
        await using var db = app.NewContext();
        var user = await db.Users.SingleAsync(u => u.Email == DemonstrationSeed.AdminEmail);
        return new Viewer(user.OrganisationId, IsMediaOwner: true) { Manages = true, UserId = user.Id, Name = user.UserName };
    }

    async Task SeesPastAsync()
    {
        Assert.Contains("removing what an interrupted start has left", app.Said, StringComparison.Ordinal);
        await using var db = app.NewContext();
        Assert.Equal(Building.All.Sum(b => b.Screens.Count) + 1, await db.Screens.CountAsync()); // and the real one
        // Screens that no player serves are told from broken ones.
        Assert.Equal(
            Building.All.Sum(b => b.Screens.Count) - 2, await db.Screens.CountAsync(s => db.Set<SampleItem>().Any(i => i.Id == s.Id)));
        using var admin = await Visitor.SignedInAsync(app, DemonstrationSeed.AdminEmail, "facead-demo");
        Assert.Contains("Sample, no player", await admin.Http.GetStringAsync("admin/screens"), StringComparison.Ordinal);
        var today = Sample.Calendar.DayOf(app.Now);
        var campaigns = await db.Campaigns.Include(c => c.Total).Where(c => c.Id != app.RealCampaign).ToListAsync();
        Assert.Equal(CampaignPlans.All.Count, campaigns.Count);
        Assert.Equal(
            Enum.GetValues<CampaignPhase>().Order(), campaigns.Select(c => CampaignPhases.Of(c, today)).Distinct().Order());
        Assert.InRange(campaigns.Count(c => c.Total is { Plays: > 0, TargetImpressions: > 0 }), 6, campaigns.Count); // what few riders see
        Assert.All(campaigns.Where(c => !CampaignSteps.IsBooked(c.State) || c.StartsOn > today), c => Assert.Null(c.Total));

        // What came before today has been read.
        var news = await db.Set<Notification>().ToListAsync();
        Assert.NotEmpty(news);
        Assert.All(news, n => Assert.Equal(n.CreatedAt < Sample.Calendar.StartOf(today), n.ReadAt is not null));

        // Every play is sealed, and people of epochs that are over are gone; what they add up to is not.
        Assert.Equal(await db.Plays.CountAsync(), await db.Set<SealedPlay>().CountAsync());
        var over = await db.ErasureRecords.ToListAsync();
        Assert.Equal(Building.All.Count, over.Select(e => e.SiteId).Distinct().Count());
        Assert.All(over, e => Assert.True(e.Reason == EpochEndReason.Ended && e.Persons > 0));
        Assert.True(await db.Set<ReachDay>().AnyAsync(r => r.Epoch == over[0].Epoch && r.Persons > 0));
        Assert.False(await db.Persons.AnyAsync(p => p.Epoch == over[0].Epoch));
    }

    async Task<CampaignTotal> TotalAsync()
    {
        await using var db = app.NewContext();
        return await db.CampaignTotals.SingleAsync(t => t.CampaignId == app.RealCampaign);
    }

    // What the sample data consists of, but for the administrator who removes it and the media owner.
    async Task<(Guid[] Ids, string[] Files)> IdsAsync()
    {
        await using var db = app.NewContext();
        var marked = await db.Set<SampleItem>().Select(i => i.Id).ToListAsync();
        var screens = await db.Screens.Where(s => s.SiteId != app.RealSite).Select(s => s.Id).ToListAsync();
        var campaigns = await db.Campaigns.Where(c => c.Id != app.RealCampaign).Select(c => c.Id).ToListAsync();
        var creatives = await db.Creatives.Where(c => c.CampaignId != app.RealCampaign).Select(c => c.Id).ToListAsync();
        var persons = await db.Persons.Where(p => p.SiteId != app.RealSite).Select(p => p.Id).ToListAsync();
        Guid[] stay =
        [
            await db.Users.Where(u => u.Email == DemonstrationSeed.AdminEmail).Select(u => u.Id).SingleAsync(),
            await db.Organisations.Where(o => o.Name == DemonstrationSeed.MediaOwner).Select(o => o.Id).SingleAsync(),
        ];
        return ([.. marked.Concat(screens).Concat(campaigns).Concat(creatives).Concat(persons).Except(stay)],
            [.. new[] { "accounts.txt", "screen-1.token", "screen-2.token" }.Select(f => Path.Combine(app.Media, f))]);
    }

    // Every column of every table that has one of these, but for the audit log, which keeps what was done, and the notes of changes,
    // which last a moment.
    async Task<List<string>> FindAsync(Guid[] ids)
    {
        await using var source = NpgsqlDataSource.Create(app.ConnectionString);
        List<string> columns = [];
        await using (var command = source.CreateCommand("""
            SELECT c.table_name || '.' || c.column_name FROM information_schema.columns c
            JOIN information_schema.tables t USING (table_schema, table_name)
            WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.data_type = 'uuid'
                AND c.table_name NOT IN ('audit_entries', 'campaign_changes')
            """))
        await using (var reader = await command.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync()) columns.Add(reader.GetString(0));
        }
        Assert.NotEmpty(columns);
        List<string> found = [];
        foreach (var column in columns)
        {
            var table = column.Split('.')[0];
            await using var command = source.CreateCommand($"SELECT count(*) FROM {table} WHERE {column} = ANY ($1)");
            command.Parameters.Add(new() { Value = ids });
            if ((long)(await command.ExecuteScalarAsync())! > 0) found.Add(column);
        }
        return found;
    }
}
