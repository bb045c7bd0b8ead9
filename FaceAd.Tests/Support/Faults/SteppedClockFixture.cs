using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Support.Faults;

/// <summary>The app on a machine whose clock somebody sets while it runs.</summary>
public sealed class SteppedClockFixture : SiteFixture
{
    private readonly SteppedClock _clock = new();

    /// <summary>How far the clock is ahead of the time.</summary>
    public TimeSpan Ahead
    {
        set => _clock.Ahead = value;
    }

    /// <inheritdoc/>
    protected override void Replace(IServiceCollection services) => services.AddSingleton<TimeProvider>(_clock);
}
