using FaceAd.Core;
using FaceAd.Web.Data;

namespace FaceAd.Web.Exposures;

/// <summary>The rollups of exposures, people and presences: their columns, and what one fact adds to each sum.</summary>
static class ExposureRollups
{
    private static readonly RollupSum<Exposure>[] ExposureSums =
    [
        new("impressions", _ => 1), new("on_target", e => e.OnTarget ? 1 : 0), new("person_exposures", e => e.PersonId is null ? 0 : 1),
        new("completed", e => e.Completed ? 1 : 0), new("watched", e => e.Watched ? 1 : 0),
        new("present_ms", e => Milliseconds(e.SecondsPresent)), new("attentive_ms", e => Milliseconds(e.SecondsAttentive)),
    ];

    private static readonly RollupSum<PersonInEpoch>[] PersonSums = [new("persons", _ => 1)];

    /// <summary>Column of people exposed for the first time in their epoch, of hours and of minutes.</summary>
    public const string Reached = "reached";

    /// <summary>Exposures by day, screen, creative and segment.</summary>
    public static readonly RollupShape<(Guid Campaign, DateOnly Day, Guid Screen, Guid Creative, Segment Segment), Exposure> Days = new(
        "exposure_days",
        [
            new("campaign_id", k => Of(k, x => x.Campaign)), new("day", k => Of(k, x => x.Day)),
            new("screen_id", k => Of(k, x => x.Screen)), new("creative_id", k => Of(k, x => x.Creative)),
            new("segment", k => Of(k, x => (int)x.Segment)),
        ],
        ExposureSums);

    /// <summary>Exposures by hour and segment, and people reached for the first time.</summary>
    public static readonly RollupShape<(Guid Campaign, DateOnly Day, int Hour, Segment Segment), Exposure> Hours = new(
        "exposure_hours",
        [
            new("campaign_id", k => Of(k, x => x.Campaign)), new("day", k => Of(k, x => x.Day)), new("hour", k => Of(k, x => x.Hour)),
            new("segment", k => Of(k, x => (int)x.Segment)),
        ],
        ExposureSums, Reached);

    /// <summary>Exposures by day.</summary>
    public static readonly RollupShape<(Guid Campaign, DateOnly Day), Exposure> CampaignDays = new(
        "campaign_days",
        [new("campaign_id", k => Of(k, x => x.Campaign)), new("day", k => Of(k, x => x.Day))],
        [new("impressions", _ => 1), new("on_target", e => e.OnTarget ? 1 : 0)]);

    /// <summary>Exposures by minute, and target people reached for the first time.</summary>
    public static readonly RollupShape<(Guid Campaign, DateTimeOffset Minute), Exposure> Minutes = new(
        "exposure_minutes",
        [new("campaign_id", k => Of(k, x => x.Campaign)), new("minute", k => Of(k, x => x.Minute))],
        [new("impressions", _ => 1)], Reached);

    /// <summary>People reached, by a day and the preceding day on which they were exposed.</summary>
    public static readonly RollupShape<(Guid Campaign, int Epoch, Guid Site, Segment Segment, DateOnly Day, DateOnly Previous),
        PersonInEpoch> ReachDays = new(
        "reach_days",
        [
            new("campaign_id", k => Of(k, x => x.Campaign)), new("epoch", k => Of(k, x => x.Epoch)),
            new("site_id", k => Of(k, x => x.Site)), new("segment", k => Of(k, x => (int)x.Segment)), new("day", k => Of(k, x => x.Day)),
            new("previous_day", k => Of(k, x => x.Previous)),
        ],
        PersonSums);

    /// <summary>People reached, by number of exposures.</summary>
    public static readonly RollupShape<(Guid Campaign, int Epoch, Guid Site, Segment Segment, int Times), PersonInEpoch> ReachCounts = new(
        "reach_counts",
        [
            new("campaign_id", k => Of(k, x => x.Campaign)), new("epoch", k => Of(k, x => x.Epoch)),
            new("site_id", k => Of(k, x => x.Site)), new("segment", k => Of(k, x => (int)x.Segment)),
            new("times", k => Of(k, x => x.Times)),
        ],
        PersonSums);

    /// <summary>People seen, by a day and the preceding day on which they were seen.</summary>
    public static readonly RollupShape<(Guid Site, int Epoch, Segment Segment, DateOnly Day, DateOnly Previous),
        PersonInEpoch> UniverseDays = new(
        "universe_days",
        [
            new("site_id", k => Of(k, x => x.Site)), new("epoch", k => Of(k, x => x.Epoch)),
            new("segment", k => Of(k, x => (int)x.Segment)), new("day", k => Of(k, x => x.Day)),
            new("previous_day", k => Of(k, x => x.Previous)),
        ],
        PersonSums);

    /// <summary>Presences by screen, hour and segment.</summary>
    public static readonly RollupShape<(Guid Screen, DateOnly Day, int Hour, Segment Segment),
        (CountedPresence Presence, bool Watcher)> ScreenHours = new(
        "screen_hours",
        [
            new("screen_id", k => Of(k, x => x.Screen)), new("day", k => Of(k, x => x.Day)), new("hour", k => Of(k, x => x.Hour)),
            new("segment", k => Of(k, x => (int)x.Segment)),
        ],
        [
            new("presences", _ => 1), new("watchers", p => p.Watcher ? 1 : 0), new("present_ms", p => p.Presence.PresentMs),
            new("attentive_ms", p => p.Presence.AttentiveMs),
        ]);

    /// <summary>A person's exposures to a campaign on a day at a screen.</summary>
    public static readonly RowShape<PersonDay> PersonDays = new(
        "person_days",
        [
            new("campaign_id", r => Of(r, x => x.CampaignId)), new("day", r => Of(r, x => x.Day)),
            new("screen_id", r => Of(r, x => x.ScreenId)), new("creative_id", r => Of(r, x => x.CreativeId)),
            new("person_id", r => Of(r, x => x.PersonId)),
        ],
        [
            new("exposures", r => Of(r, x => x.Exposures)), new("segment", r => Of(r, x => (int)x.Segment)),
            new("first_at", r => Of(r, x => x.FirstAt)),
        ]);

    /// <summary>Where a person was seen on a day.</summary>
    public static readonly RowShape<Visit> Visits = new(
        "visits",
        [new("person_id", r => Of(r, x => x.PersonId)), new("day", r => Of(r, x => x.Day)), new("screen_id", r => Of(r, x => x.ScreenId))],
        [new("segment", r => Of(r, x => (int)x.Segment))]);

    /// <summary>Seconds as whole milliseconds.</summary>
    public static long Milliseconds(double seconds) => (long)Math.Round(seconds * 1000);

    private static TValue[] Of<TRow, TValue>(TRow[] rows, Func<TRow, TValue> value) => Array.ConvertAll(rows, r => value(r));
}
