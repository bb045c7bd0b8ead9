using FaceAd.Core;
using FaceAd.Player.Server;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Player;

public sealed class ModeSwitchTests
{
    static readonly DateTimeOffset Start = new(2026, 5, 1, 9, 0, 0, TimeSpan.Zero);

    readonly ModeSwitch _mode = new();

    [Fact]
    public void Offer_FirstProgramme_TakesEffectAtOnce()
    {
        Assert.True(_mode.Offer(InferenceMode.Device, audienceOpen: true, At(0), At(0)));
        Assert.Equal(InferenceMode.Device, _mode.Current);
    }

    [Fact]
    public void Offer_RidersInView_WaitsUntilTheyHaveGoneAndNoFrameIsOnItsWay()
    {
        _mode.Offer(InferenceMode.Server, false, null, At(0));
        Assert.False(_mode.Offer(InferenceMode.Device, true, At(10), At(10)));
        Assert.False(_mode.Offer(InferenceMode.Device, false, At(15), At(15.5)));
        Assert.True(_mode.Offer(InferenceMode.Device, false, At(15), At(16)));
    }

    [Fact]
    public void Offer_RidersWhoNeverLeave_ChangesOverAfterAMinute()
    {
        _mode.Offer(InferenceMode.Server, false, null, At(0));
        Assert.False(_mode.Offer(InferenceMode.Device, true, At(10), At(10)));
        Assert.False(_mode.Offer(InferenceMode.Device, true, At(69), At(69.9)));
        Assert.True(_mode.Offer(InferenceMode.Device, true, At(70), At(70)));
    }

    [Fact]
    public void Offer_AnyCourse_ChangesOnlyAtTheFirstMomentThatTheDefinitionAllows() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        var mode = new ModeSwitch();
        InferenceMode? current = null;
        double? asked = null, frame = null;
        var (wanted, now) = (InferenceMode.Server, 0.0);
        for (var i = 0; i < 200; i++)
        {
            now += random.Next(1, 20) / 10.0;
            if (random.Next(20) == 0) wanted = (InferenceMode)random.Next(2);
            var open = random.Next(3) > 0;
            if (random.Next(2) == 0) frame = now;
            var changed = mode.Offer(wanted, open, frame is { } f ? At(f) : null, At(now));

            asked = wanted == current ? null : asked ?? now;
            var expected = wanted != current && (current is null || (!open && !(now - frame < 0.9999)) || now - asked >= 59.9999);
            if (expected) (current, asked) = (wanted, null);
            if (changed != expected || mode.Current != current) return false;
        }
        return true;
    }).QuickCheckThrowOnFailure();

    static DateTimeOffset At(double seconds) => Start.AddMilliseconds(Math.Round(seconds * 1000));
}
