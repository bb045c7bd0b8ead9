using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Web.Decisions;
using FaceAd.Web.Language;

namespace FaceAd.Web.Components.Pages.Admin;

/// <summary>Live decisions: the latest ones with their reasons, and the server's throughput.</summary>
public sealed partial class Live
{
    private readonly CancellationTokenSource _gone = new();
    private IReadOnlyList<DecisionShown> _latest = [];
    private IDisposable? _feed;
    private int _screens, _connected, _people, _unknown, _waiting;
    private long _dropped;

    /// <summary>Ends the subscriptions.</summary>
    public void Dispose()
    {
        _feed?.Dispose();
        _gone.Cancel();
        _gone.Dispose();
    }

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        if (RendererInfo.IsInteractive)
        {
            _feed = Feed.Subscribe(InLanguage.Keep(() => _ = InvokeAsync(Redraw)));
            _ = TickAsync(_gone.Token);
        }
        Redraw();
    }

    private async Task TickAsync(CancellationToken gone)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), Clock);
        try
        {
            while (await timer.WaitForNextTickAsync(gone)) await InvokeAsync(Redraw);
        }
        catch (OperationCanceledException)
        {
            // The page is gone.
        }
    }

    private void Redraw()
    {
        if (_gone.IsCancellationRequested) return;
        _screens = Directory.All.Count;
        (_connected, _people, _unknown) = Board.Sum();
        (_waiting, _dropped) = (Queue.Depth, Meters.DroppedTotal);
        _latest = Feed.Latest;
        StateHasChanged();
    }

    private string Who(Decision decision) => decision.Viewers switch
    {
        0 when decision.Reason == DecisionReason.ServerAway => L["Admin.Live.Untold"],
        0 => L["Admin.Live.Nobody"],
        1 => Display.Segment(decision.Dominant),
        _ when decision.Dominant == Segment.Unknown => L["Admin.Live.GroupUnknown", decision.Viewers],
        _ => L["Admin.Live.Group", decision.Viewers, Display.Segment(decision.Dominant)],
    };

    // Those that were stopped; whoever was outbid needs no word.
    private IEnumerable<string> Stopped(DecisionShown shown) => (shown.Decision.Losers ?? [])
        .Where(l => l.Gate != Gate.Outbid)
        .Select(l => L["Admin.Live.Stopped", shown.Losers.GetValueOrDefault(l.Id) ?? L["Admin.Live.Gone"].Value, L["Gate." + l.Gate].Value].Value);

    private string Why(Decision decision)
    {
        var segment = Display.Segment(decision.Dominant);
        if (decision.Reason is not (DecisionReason.Targeted or DecisionReason.ShareOfVoice))
            return L["Admin.Live.Why." + decision.Reason, segment];
        if (decision.ScoreKrw is { } krw)
        {
            var reason = decision.Reason == DecisionReason.ShareOfVoice ? "ShareOfVoice" : decision.Candidates == 1 ? "WorthOnly" : "Worth";
            return L["Admin.Live.Why." + reason, Display.Krw(krw), decision.Candidates - 1];
        }
        var key = (decision.CostPerImpressionKrw is null ? "First" : "Cost") + (decision.Candidates == 1 ? "Only" : "");
        return L["Admin.Live.Why." + key, segment, decision.Candidates, Display.Krw(decision.CostPerImpressionKrw)];
    }
}
