using FaceAd.Web.Cluster;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Cluster;

/// <summary>For how long a node trusts its leases without asking anybody.</summary>
public sealed class NodeTenureTests
{
    private readonly HandClock _clock = new();

    [Fact]
    public void IsTrusted_AnswerIsLate_CountsFromTheSending()
    {
        var tenure = new NodeTenure(_clock);
        Assert.False(tenure.IsTrusted);
        var sentAt = _clock.GetTimestamp();
        _clock.Pass(5_000);
        tenure.Renewed(sentAt);
        _clock.Pass(2_999);
        Assert.True(tenure.IsTrusted);
        _clock.Pass(1);
        Assert.False(tenure.IsTrusted);
        tenure.Renewed(_clock.GetTimestamp());
        Assert.True(tenure.IsTrusted);
        tenure.End();
        Assert.False(tenure.IsTrusted);
    }

    [Fact]
    public void IsTrusted_SessionHasEnded_IsOverSooner()
    {
        var tenure = new NodeTenure(_clock);
        tenure.Renewed(_clock.GetTimestamp());
        _clock.Pass(1_000);
        tenure.LoseSession();
        _clock.Pass(999);
        Assert.Equal((true, false), (tenure.IsTrusted, tenure.Judges));
        _clock.Pass(1);
        Assert.False(tenure.IsTrusted);
        tenure.LoseSession(); // once more, at the next failed attempt
        Assert.False(tenure.IsTrusted);
        tenure.Renewed(_clock.GetTimestamp());
        Assert.True(tenure.IsTrusted);
    }

    /// <summary>
    /// However long renewals are on their way, the node stops, or its session is gone: it never trusts its leases at a moment at which the
    /// database lets others take them.
    /// </summary>
    [Fact]
    public void IsTrusted_AnyDelays_NeverWhenOthersMayTakeOver() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        var clock = new HandClock();
        var tenure = new NodeTenure(clock);
        var (seenAt, knowsOfItsEnd, isSafe) = (long.MinValue / 2, false, true);
        for (var round = 0; round < 30; round++)
        {
            var sentAt = clock.GetTimestamp();
            Pass(); // on its way
            if (random.Next(3) > 0)
            {
                seenAt = clock.GetTimestamp();
                Pass(); // on its way back, or the node stops
                tenure.Renewed(sentAt);
                knowsOfItsEnd = false;
            }
            else
            {
                tenure.LoseSession();
                knowsOfItsEnd = true;
            }
            Pass();
        }
        return isSafe;

        void Pass()
        {
            // Mostly short, as it should be; sometimes longer than any term.
            for (var left = random.Next(4) > 0 ? random.Next(1_500) : random.Next(30_000); left > 0; left -= 100)
            {
                clock.Pass(Math.Min(left, 100));
                var since = clock.GetTimestamp() - seenAt;
                var mayBeTaken = since >= NodeTenure.Term.TotalMilliseconds
                    || (knowsOfItsEnd && since >= NodeTenure.Grace.TotalMilliseconds);
                isSafe &= !(tenure.IsTrusted && mayBeTaken);
            }
        }
    }).QuickCheckThrowOnFailure();

    // Milliseconds.
    private sealed class HandClock : TimeProvider
    {
        private long _now = 1_000_000;

        public override long TimestampFrequency => 1_000;

        public override long GetTimestamp() => _now;

        public void Pass(long milliseconds) => _now += milliseconds;
    }
}
