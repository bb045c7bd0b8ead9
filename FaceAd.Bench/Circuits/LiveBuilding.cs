using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using FaceAd.Core;
using FaceAd.Web.Accounts;
using FaceAd.Web.Data;
using FaceAd.Web.Decisions;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Bench.Circuits;

/// <summary>A building with one screen and campaigns. Its figures move on demand, by the same reports that a player sends.</summary>
sealed class LiveBuilding : IDisposable
{
    /// <summary>E-mail address of the administrator.</summary>
    public const string Email = "viewer@facead.example";

    /// <summary>Password of the administrator.</summary>
    public const string Password = "a viewer of many pages";

    const int Persons = 24;
    readonly HttpClient _screen;
    readonly Guid _screenId;
    readonly PlayerKeys _keys = new();
    readonly Func<Guid, DateTimeOffset, Guid> _decide;
    readonly Random _random = new(1);
    readonly byte[][] _faces;
    readonly List<(Guid Campaign, Guid Creative)> _campaigns = [];
    DateTimeOffset _at;
    int _next;

    LiveBuilding(Uri address, Guid screenId, string token, Func<Guid, DateTimeOffset, Guid> decide)
    {
        (_screenId, _decide) = (screenId, decide);
        _screen = new HttpClient { BaseAddress = address };
        _screen.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        _faces = [.. Enumerable.Range(0, Persons).Select(_ => Face())];
    }

    public IReadOnlyList<Guid> Campaigns => [.. _campaigns.Select(c => c.Campaign)];

    /// <summary>Creates the building with a history of some plays.</summary>
    public static async Task<LiveBuilding> MakeAsync(HostedWeb web, int campaigns, CancellationToken cancellation)
    {
        var now = TimeProvider.System.GetUtcNow();
        await using var scope = web.Services.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<AccountSetup>();
        var owner = await accounts.CreateOrganisationAsync("Viewers", OrganisationKind.MediaOwner);
        await accounts.CreateUserAsync(owner, Email, Password, "Viewer", Roles.Admin);
        var advertiser = await accounts.CreateOrganisationAsync("Advertiser", OrganisationKind.Advertiser);
        var registry = web.Services.GetRequiredService<ScreenRegistry>();
        var site = await registry.RegisterSiteAsync("Building", "", "Asia/Seoul", Site.DefaultNotice, "Contract");
        var (screen, token) = await registry.RegisterAsync(site.Id, "Screen", InferenceMode.Device);
        var decisions = web.Services.GetRequiredService<DecisionSeals>();
        var building = new LiveBuilding(web.Address, screen.Id, token, (creative, at) => decisions.Make(screen.Id, creative, at))
        {
            _at = now.AddHours(-2),
        };
        await using var db = await web.Services.GetRequiredService<IDbContextFactory<FaceAdDbContext>>().CreateDbContextAsync(cancellation);
        var today = site.Calendar().DayOf(now);
        for (var i = 0; i < campaigns; i++)
        {
            var (campaign, creative) = SampleCampaign.Of(
                advertiser, string.Create(CultureInfo.InvariantCulture, $"Campaign {i + 1}"), (today.AddDays(-1), today.AddDays(8)),
                [Segment.Men2030, Segment.Women2030], now);
            db.AddRange(campaign, creative);
            building._campaigns.Add((campaign.Id, creative.Id));
        }
        await db.SaveChangesAsync(cancellation);
        for (var i = 0; i < Persons; i++) await building.TickAsync(cancellation);
        return building;
    }

    /// <summary>Reports that one rider saw one play of the first campaign.</summary>
    public async Task TickAsync(CancellationToken cancellation)
    {
        var from = _at += TimeSpan.FromSeconds(15);
        var rider = _next++ % Persons;
        byte[] face = _faces[rider];
        await PostAsync(Routes.Audiences, new AudienceReport
        {
            AudienceId = Guid.NewGuid(),
            Sequence = 1,
            OpenedAt = from,
            At = from.AddSeconds(12),
            State = AudienceState.Closed,
            ModelVersion = "bench",
            Presences =
            [
                new PresenceReport
                {
                    PresenceId = Guid.NewGuid(),
                    TrackId = 1,
                    From = from,
                    To = from.AddSeconds(12),
                    InView = false,
                    SecondsAttentive = 6,
                    Segments = rider % 2 == 0 ? new(0.02, 0.9, 0.02, 0.02, 0.02, 0.02) : new(0.02, 0.02, 0.9, 0.02, 0.02, 0.02),
                    AgeYears = 30,
                    ChildProbability = 0.01,
                    FaceArea = 0.02,
                    Views = [face, face],
                },
            ],
        }, cancellation);
        await PostAsync(Routes.Plays, _keys.Sign(_screenId, [new PlayReport
        {
            PlayId = Guid.NewGuid(),
            DecisionId = _decide(_campaigns[0].Creative, from),
            CreativeId = _campaigns[0].Creative,
            StartedAt = from,
            EndedAt = from.AddSeconds(10),
            End = PlayEnd.Completed,
            Measured = true,
            FramesPresented = 240,
        }]), cancellation);
    }

    public void Dispose() => _screen.Dispose();

    async Task PostAsync<T>(string route, T body, CancellationToken cancellation)
    {
        for (var attempt = 0; ; attempt++)
        {
            using var content = JsonContent.Create(body);
            await content.LoadIntoBufferAsync(cancellation);
            using var answer = await _screen.PostAsync(route, content, cancellation);
            if (answer.IsSuccessStatusCode) return;
            if (attempt == 20 || (int)answer.StatusCode is not (429 or 503))
                throw new InvalidOperationException(
                    $"{route} answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellation)}");
            await Task.Delay(TimeSpan.FromMilliseconds(250), cancellation);
        }
    }

    byte[] Face()
    {
        var values = Enumerable.Range(0, PresenceReport.EmbeddingLength)
            .Select(_ => _random.NextDouble() + _random.NextDouble() + _random.NextDouble() - 1.5).ToArray();
        var norm = Math.Sqrt(values.Sum(v => v * v));
        var bytes = new byte[PresenceReport.ViewBytes];
        for (var i = 0; i < values.Length; i++) BitConverter.TryWriteBytes(bytes.AsSpan(i * 2), (Half)(values[i] / norm));
        return bytes;
    }
}
