using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Screens;

namespace FaceAd.Tests.EndToEnd.Booked;

/// <summary>Who is in view of a screen that analyses its own frames, told to the server again and again as its player does.</summary>
internal sealed class ReportedCabin : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private readonly DeviceClient _device;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly Task _telling;
    private List<PresenceReport> _riders = [];
    private Guid _audience;
    private DateTimeOffset _opened;
    private int _sequence;

    public ReportedCabin(DeviceClient device, TimeProvider time)
    {
        (_device, _time) = (device, time);
        _telling = TellAsync();
    }

    /// <summary>These are in view from now on, and nobody else; those who were there before and are not named have left.</summary>
    /// <param name="riders">See <see cref="Rider"/>; none: the cabin is empty, and its audience ends.</param>
    public async Task SeeAsync(params PresenceReport[] riders)
    {
        await _one.WaitAsync();
        try
        {
            if (_riders.Count == 0) (_audience, _opened, _sequence) = (Guid.NewGuid(), riders.Min(r => r.From), 0);
            var gone = _riders.Where(r => riders.All(n => n.PresenceId != r.PresenceId)).Select(r => r with { InView = false });
            _riders = [.. riders];
            await ReportAsync([.. riders, .. gone]);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>A rider who comes into view now.</summary>
    /// <param name="segment">Who they most likely are.</param>
    /// <param name="face">Whose face it is: the same number is the same person.</param>
    /// <param name="track">Number of the track in its cabin.</param>
    /// <param name="child">How likely under 19.</param>
    public PresenceReport Rider(Segment segment, int face, int track = 1, double child = 0.01)
    {
        var now = _time.GetUtcNow();
        return Sample.Viewer(segment, now, now, track, views: [Sample.Face(face, 0.2, 2), Sample.Face(face, 0.2, 3)]) with
        {
            ChildProbability = child,
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _telling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        _one.Dispose();
        _device.Dispose();
    }

    private async Task TellAsync()
    {
        using var timer = new PeriodicTimer(Period);
        while (await timer.WaitForNextTickAsync(_stop.Token))
        {
            await _one.WaitAsync(_stop.Token);
            try
            {
                if (_riders.Count > 0) await ReportAsync(_riders);
            }
            finally
            {
                _one.Release();
            }
        }
    }

    private async Task ReportAsync(IEnumerable<PresenceReport> riders)
    {
        var now = _time.GetUtcNow();
        await _device.UntilCommittedAsync(Sample.Report(
            _audience, ++_sequence, _opened, now, _riders.Count > 0 ? AudienceState.Open : AudienceState.Closed,
            [.. riders.Select(r => r with { To = now, SecondsAttentive = (now - r.From).TotalSeconds / 2 })]));
    }
}
