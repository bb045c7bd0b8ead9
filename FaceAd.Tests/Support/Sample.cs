using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Web.Accounts;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using FaceAd.Web.Screens;

namespace FaceAd.Tests.Support;

/// <summary>Rows and messages for tests, with sensible values for whatever a test does not care about.</summary>
public static class Sample
{
    /// <summary>Noon of a day in Seoul, inside a full epoch.</summary>
    public static readonly DateTimeOffset Noon = new(2026, 3, 10, 3, 0, 0, TimeSpan.Zero);

    /// <summary>Calendar of the sample site.</summary>
    public static SiteCalendar Calendar { get; } = new("Asia/Seoul", new DateOnly(2024, 1, 1));

    /// <summary>Where the consent of sample sites stands.</summary>
    public const string Consent = "Residents' resolution 12";

    /// <summary>A site that measures, an advertiser, and screens A and B.</summary>
    internal static async Task<(Site Site, Organisation Advertiser, ScreenEntry A, ScreenEntry B)> AddSiteAsync(FaceAdDbContext db)
    {
        var site = new Site
        {
            Name = $"Site {Guid.NewGuid():N}",
            CreatedAt = Noon.AddDays(-40),
            Measurement = true,
            ConsentAt = Noon.AddDays(-40),
            ConsentReference = Consent,
        };
        var advertiser =
            new Organisation { Name = $"Advertiser {Guid.NewGuid():N}", Kind = OrganisationKind.Advertiser, CreatedAt = Noon.AddDays(-40) };
        var a = new Screen { SiteId = site.Id, Name = "A", TokenHash = DeviceToken.Hash(DeviceToken.Generate()), CreatedAt = Noon };
        var b = new Screen { SiteId = site.Id, Name = "B", TokenHash = DeviceToken.Hash(DeviceToken.Generate()), CreatedAt = Noon };
        db.AddRange(site, advertiser, a, b);
        await db.SaveChangesAsync();
        ScreenEntry Entry(Screen screen) => new(screen.Id, screen.Name, site.Id, site.Name, screen.Mode, true, "", site.Calendar());
        return (site, advertiser, Entry(a), Entry(b));
    }

    /// <summary>An approved flat-price campaign with one creative of ten seconds, around <see cref="Noon"/>.</summary>
    internal static async Task<(Campaign Campaign, Creative Creative)> AddCampaignAsync(
        FaceAdDbContext db, Organisation advertiser, Segment[] targets, long budgetKrw = 1_000_000, PriceModel model = PriceModel.Flat,
        long? price = null)
    {
        var campaign = new Campaign
        {
            OrganisationId = advertiser.Id,
            Name = "Spring",
            State = CampaignState.Approved,
            StartsOn = new DateOnly(2026, 3, 9),
            EndsOn = new DateOnly(2026, 3, 18),
            Targets = targets,
            BudgetKrw = budgetKrw,
            PriceModel = model,
            PricePerThousandKrw = price,
            CreatedAt = Noon,
        };
        var creative = new Creative
        {
            OrganisationId = advertiser.Id,
            CampaignId = campaign.Id,
            Name = "Creative",
            Sha256 = new string('a', 64),
            Bytes = 1,
            Seconds = 10,
            Width = 640,
            Height = 360,
            CreatedAt = Noon,
        };
        db.AddRange(campaign, creative);
        await db.SaveChangesAsync();
        return (campaign, creative);
    }

    /// <summary>Probabilities with most of the weight on one segment.</summary>
    public static SegmentProbabilities Surely(Segment segment, double p = 0.9)
    {
        double Of(Segment s) => s == segment ? p : (1 - p) / 5;
        return new(
            Of(Segment.Kids), Of(Segment.Men2030), Of(Segment.Women2030), Of(Segment.Men4050), Of(Segment.Women4050), Of(Segment.Silver));
    }

    /// <summary>A viewer in view.</summary>
    public static PresenceReport Viewer(
        Segment? segment, DateTimeOffset from, DateTimeOffset to, int track = 1, double p = 0.9, double area = 0.02, bool inView = true,
        IReadOnlyList<byte[]>? views = null, Guid? id = null) => new()
        {
            PresenceId = id ?? Guid.NewGuid(),
            TrackId = track,
            From = from,
            To = to,
            InView = inView,
            SecondsAttentive = (to - from).TotalSeconds / 2,
            Segments = segment is { } s ? Surely(s, p) : null,
            AgeYears = segment is null ? null : 30,
            ChildProbability = segment is null ? null : 0.01,
            FaceArea = area,
            Views = views ?? [],
        };

    /// <summary>A heartbeat of a player that works: its camera runs, its page renders, nothing waits.</summary>
    public static Heartbeat Beat() => new()
    {
        SentAt = TimeProvider.System.GetUtcNow(),
        PlayerVersion = "1",
        Camera = CameraState.Running,
        OutboxPending = 0,
        CreativesReady = 1,
        PageRendering = true,
    };

    /// <summary>A report of an audience.</summary>
    public static AudienceReport Report(Guid audience, int sequence, DateTimeOffset opened, DateTimeOffset at, AudienceState state,
        params PresenceReport[] presences) => new()
        {
            AudienceId = audience,
            Sequence = sequence,
            OpenedAt = opened,
            At = at,
            State = state,
            ModelVersion = "test",
            Presences = presences,
        };

    /// <summary>A report of one man in view for twelve seconds, and gone.</summary>
    public static AudienceReport Ride(DateTimeOffset from, byte[] face) => Report(
        Guid.NewGuid(), 1, from, from.AddSeconds(12), AudienceState.Closed,
        Viewer(Segment.Men2030, from, from.AddSeconds(12), inView: false, views: [face, face]));

    /// <summary>A face of its own per seed, as a view: a random unit vector, with as much noise as asked for.</summary>
    public static byte[] Face(int seed, double noise = 0, int noiseSeed = 0)
    {
        var (person, shake) = (new Random(seed), new Random(noiseSeed));
        var values = Enumerable.Range(0, PresenceReport.EmbeddingLength)
            .Select(_ => Gauss(person)).ToArray().Select(v => v + (noise * Gauss(shake))).ToArray();
        return View([.. values.Select(v => (float)v)]);
    }

    /// <summary>A direction as it travels: normalised, as half floats.</summary>
    public static byte[] View(float[] values)
    {
        var norm = Math.Sqrt(values.Sum(v => (double)v * v));
        var bytes = new byte[PresenceReport.ViewBytes];
        for (var i = 0; i < values.Length; i++) BitConverter.TryWriteBytes(bytes.AsSpan(i * 2), (Half)(values[i] / norm));
        return bytes;
    }

    /// <summary>A campaign in a snapshot.</summary>
    public static SnapshotCampaign Snapshot(
        Guid? id = null, Segment[]? targets = null, long budget = 1_000_000, long impressions = 0, DateTimeOffset? lastPlay = null,
        PriceModel model = PriceModel.Flat, long? price = null, long target = 0, Guid[]? sites = null, DateOnly? starts = null,
        DateOnly? ends = null) => new()
        {
            Id = id ?? Guid.NewGuid(),
            StartsOn = starts ?? new DateOnly(2026, 3, 9),
            EndsOn = ends ?? new DateOnly(2026, 3, 18),
            Targets = targets ?? [Segment.Men2030],
            SiteIds = sites ?? [],
            PriceModel = model,
            BudgetKrw = budget,
            PricePerThousandKrw = price,
            Impressions = impressions,
            TargetImpressions = target,
            LastPlayAt = lastPlay,
            Creatives = [new SnapshotCreative(Guid.NewGuid(), "Creative", new string('a', 64), 1, 10)],
        };

    private static double Gauss(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
