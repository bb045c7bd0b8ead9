using System.Diagnostics;
using System.Globalization;
using FaceAd.Core;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;

namespace FaceAd.Bench.Screens;

/// <summary>How the screens behave.</summary>
/// <param name="Beat">Time between heartbeats.</param>
/// <param name="Play">Length of a play.</param>
/// <param name="Ride">Time from one rider to the next, a multiple of a play.</param>
sealed record ScreenHabits(TimeSpan Beat, TimeSpan Play, TimeSpan Ride);

/// <summary>What it takes to hold many screens.</summary>
/// <param name="Count">Screens asked for.</param>
/// <param name="Held">How many were connected at the end.</param>
/// <param name="Least">The fewest that were connected meanwhile.</param>
/// <param name="Few">How many were connected for the first measurement of memory.</param>
/// <param name="Time">How long they were held.</param>
/// <param name="Load">Processors in use meanwhile.</param>
/// <param name="MemoryOfFew">Memory with a few connected, after a warm-up.</param>
/// <param name="MemoryOfAll">Memory with all connected, at the end.</param>
/// <param name="Tally">What the screens saw.</param>
/// <param name="StatesEachSecond">Rows written each second to tell another node of the screens; null without one.</param>
/// <param name="Explanations">What the server says of each command that was lost.</param>
sealed record HeldFigures(
    int Count, int Held, int Least, int Few, TimeSpan Time, ServerLoad Load, ServerMemory MemoryOfFew, ServerMemory MemoryOfAll,
    LoadTally Tally, double? StatesEachSecond, IReadOnlyList<string> Explanations);

/// <summary>Connects many screens that beat, play and report, and measures the server and its commands.</summary>
static class HeldScreens
{
    private const int Connecting = 32;
    private const int MostFew = 200;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(20);
    private static readonly Segment[] Segments =
        [Segment.Men2030, Segment.Women2030, Segment.Men4050, Segment.Women4050, Segment.Silver];

    // A node that lives, and does nothing.
    private const string AddPeer =
        "INSERT INTO nodes (id, last_seen_at, expires_at) VALUES (gen_random_uuid(), now(), now() + interval '1 day')";

    private const string CountStates = "SELECT n_tup_ins + n_tup_upd FROM pg_stat_user_tables WHERE relname = 'screen_states'";

    // What the server decided around that time, and what it knows of the screen.
    private const string Explain = """
        SELECT coalesce(string_agg(format('%s: trigger %s, reason %s, %s viewers, creative %s', d.at, d.trigger, d.reason, d.viewers,
            coalesce(left(d.creative_id::text, 8), 'none')), '; ' ORDER BY d.at), 'no decision') || '; last seen '
            || coalesce((SELECT s.last_seen_at::text FROM screens s WHERE s.id = $1), 'never')
        FROM decisions d WHERE d.screen_id = $1 AND d.at BETWEEN $2 - interval '20 seconds' AND $2 + interval '20 seconds'
        """;

    /// <summary>Runs the measurement.</summary>
    /// <param name="server">The server.</param>
    /// <param name="count">Number of screens.</param>
    /// <param name="habits">What they do.</param>
    /// <param name="time">How long they are measured once all are connected.</param>
    /// <param name="peer">Whether another node is told of them.</param>
    /// <param name="log">Receives progress lines.</param>
    /// <param name="cancellation">Cancels the run.</param>
    public static async Task<HeldFigures> RunAsync(
        MeasuredServer server, int count, ScreenHabits habits, TimeSpan time, bool peer, Action<string> log,
        CancellationToken cancellation)
    {
        List<(Segment, Guid)> ads = [];
        foreach (var segment in Segments)
            ads.Add((segment, (await server.AddCampaignAsync(
                $"For {segment}", [segment], habits.Play.TotalSeconds, CampaignState.Approved, cancellation)).Id));
        var screens = await ScreenRows.AddAsync(server.Database, "Tower", count, measures: true, cancellation);
        await server.UntilKnownAsync(screens[^1], cancellation);
        if (peer)
        {
            await using var add = server.Database.CreateCommand(AddPeer);
            await add.ExecuteNonQueryAsync(cancellation);
        }
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
        using var connecting = new SemaphoreSlim(Connecting);
        var tally = new LoadTally();
        var load = new ScreenLoad(
            server.Web.Address, http, connecting, ads, server.House.Id, tally, habits.Beat, habits.Play,
            (int)(habits.Ride / habits.Play));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        List<Task> running = [];
        var few = Math.Min(MostFew, count / 10);
        try
        {
            Start(screens[..few]);
            await UntilConnectedAsync(tally, few, cancellation);
            await Task.Delay(WarmUp, cancellation);
            var memoryOfFew = await server.MemoryAsync(cancellation);
            Start(screens[few..]);
            var began = Stopwatch.GetTimestamp();
            await UntilConnectedAsync(tally, count, cancellation);
            log(Text($"{tally.Connected} screens connected in {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s"));
            await Task.Delay(habits.Ride, cancellation); // until every screen has had its first rider
            tally.Restart();
            var (sample, states) = (server.Sample(), await CountStatesAsync(server, cancellation));
            await Task.Delay(time, cancellation);
            var used = server.Sample().Since(sample);
            double? told = peer ? (await CountStatesAsync(server, cancellation) - states) / time.TotalSeconds : null;
            var (held, least) = (tally.Connected, tally.Least);
            var memoryOfAll = await server.MemoryAsync(cancellation);
            return new HeldFigures(
                count, held, least, few, time, used, memoryOfFew, memoryOfAll, tally, told,
                await ExplainAsync(server, tally, cancellation));
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // Each with its own randomness, by its place in the list.
        void Start(List<BenchScreen> some) => running.AddRange(
            some.Select((s, i) => new ConnectedScreen(s, load, new Random((some.Count * 31) + i)).RunAsync(stop.Token)));
    }

    private static async Task<long> CountStatesAsync(MeasuredServer server, CancellationToken cancellation)
    {
        await using var command = server.Database.CreateCommand(CountStates);
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private static async Task UntilConnectedAsync(LoadTally tally, int count, CancellationToken cancellation)
    {
        var patience = TimeSpan.FromSeconds(60 + (count / 20));
        for (var clock = Stopwatch.StartNew(); tally.Connected < count; await Task.Delay(100, cancellation))
        {
            if (clock.Elapsed > patience)
                throw new TimeoutException($"{tally.Connected} of {count} screens are connected: {string.Join(", ", tally.Errors)}");
        }
    }

    private static async Task<List<string>> ExplainAsync(MeasuredServer server, LoadTally tally, CancellationToken cancellation)
    {
        List<string> lines = [];
        await using var connection = await server.Database.OpenConnectionAsync(cancellation);
        foreach (var lost in tally.Lost)
        {
            var said = await connection.QueryAsync(Explain, [lost.Screen.Id, lost.At], r => r.GetString(0), cancellation);
            lines.Add(Text($"{lost.Screen.Id} after {lost.Cause} at {lost.At:HH:mm:ss.fff} ({lost.Taken}, {(lost.Connected ? "connected" : "not connected all the time")}): {said[0]}"));
        }
        return lines;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
