using FaceAd.Core;
using Npgsql;

namespace FaceAd.Bench.Delivery;

/// <summary>What an installation has recorded in front of its screens.</summary>
static class RecordedTrace
{
    const string Read = """
        SELECT t.id, t.time_zone, p.screen_id, p.seen_from, p.seen_to, p.segment, p.confidence, p.child_probability, p.person_id
        FROM presences p JOIN screens s ON s.id = p.screen_id JOIN sites t ON t.id = s.site_id ORDER BY t.id, p.screen_id
        """;

    /// <summary>Reads it. Two thirds of the days, in whole weeks, are there to learn from.</summary>
    /// <param name="connectionString">PostgreSQL.</param>
    /// <param name="cancellation">Cancels the reading.</param>
    /// <exception cref="IOException">The database cannot be read, or holds less than three weeks.</exception>
    public static async Task<Trace> ReadAsync(string connectionString, CancellationToken cancellation)
    {
        List<(Guid Site, string Zone, Guid Screen, Stay Stay)> stays = [];
        try
        {
            await using var database = NpgsqlDataSource.Create(connectionString);
            await using var command = database.CreateCommand(Read);
            await using var rows = await command.ExecuteReaderAsync(cancellation);
            Dictionary<Guid, int> numbers = [];
            while (await rows.ReadAsync(cancellation))
            {
                Guid? person = await rows.IsDBNullAsync(8, cancellation) ? null : rows.GetGuid(8);
                var number = numbers.Count;
                if (!numbers.TryAdd(person ?? Guid.NewGuid(), number)) number = numbers[person!.Value];
                stays.Add((rows.GetGuid(0), rows.GetString(1), rows.GetGuid(2), new Stay(
                    rows.GetFieldValue<DateTimeOffset>(3), rows.GetFieldValue<DateTimeOffset>(4), number, person is not null,
                    Segment.Unknown,
                    EstimateOf((Segment)rows.GetInt32(5), rows.GetDouble(6), rows.GetFieldValue<double?>(7)))));
            }
        }
        catch (Exception exception) when (exception is NpgsqlException or ArgumentException)
        {
            throw new IOException("The recorded presences cannot be read: " + exception.Message, exception);
        }
        return Cut(stays);
    }

    static Trace Cut(List<(Guid Site, string Zone, Guid Screen, Stay Stay)> stays)
    {
        var first = stays.Select(s => new SiteCalendar(s.Zone, SiteCalendar.DefaultAnchor).DayOf(s.Stay.From)).DefaultIfEmpty().Min();
        List<Slot> slots = [];
        var (sites, screens) = (0, 0);
        foreach (var site in stays.GroupBy(s => s.Site))
        {
            var calendar = new SiteCalendar(site.First().Zone, SiteCalendar.DefaultAnchor);
            foreach (var screen in site.GroupBy(s => s.Screen))
                slots.AddRange(SlotCutter.Cut(screen.Select(s => s.Stay), sites, screens++, calendar, first));
            sites++;
        }
        slots.Sort((a, b) => (a.At, a.Screen).CompareTo((b.At, b.Screen)));
        var days = slots.Count == 0 ? 0 : slots.Max(s => s.Day) + 1;
        if (days < 21) throw new IOException($"There are {days} days of recorded presences; a replay needs three weeks.");
        return new Trace(first, days, days * 2 / 3 / 7 * 7, sites, screens, slots);
    }

    // What is stored of an estimate: its segment, how sure it was, and how likely a child.
    static SegmentProbabilities? EstimateOf(Segment segment, double confidence, double? child)
    {
        if (segment == Segment.Unknown) return null;
        var kids = segment == Segment.Kids ? confidence : Math.Min(child ?? 0, 1 - confidence);
        var rest = (1 - confidence - (segment == Segment.Kids ? 0 : kids)) / (segment == Segment.Kids ? 5 : 4);
        double Of(Segment one) => one == segment ? confidence : one == Segment.Kids ? kids : rest;
        return new SegmentProbabilities(
            kids, Of(Segment.Men2030), Of(Segment.Women2030), Of(Segment.Men4050), Of(Segment.Women4050), Of(Segment.Silver));
    }
}
