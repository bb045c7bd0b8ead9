using FaceAd.Inference.Presence;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Inference;

public sealed class PresenceMachineTests
{
    static readonly DateTimeOffset Start = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    readonly PresenceMachine _machine = new();

    [Fact]
    public void Frame_FirstFace_OpensAnAudience()
    {
        Assert.Equal(PresenceChanges.None, Frame(0));
        Assert.False(_machine.IsOpen);

        Assert.Equal(PresenceChanges.Opened | PresenceChanges.Started, Frame(1, 1));

        Assert.True(_machine.IsOpen);
        Assert.Equal(At(1), _machine.OpenedAt);
    }

    [Fact]
    public void Frame_FaceThatTurnsOutToBeAPersons_OpensTheAudienceWhenItWasFirstSeen()
    {
        PresenceChanges See(double seconds, bool live) => _machine.Frame(At(seconds), [new Sighting(1, true, live)]);
        Assert.Equal(PresenceChanges.None, See(1, live: false));
        Assert.Equal(PresenceChanges.None, See(1.5, live: false));
        Assert.False(_machine.IsOpen);
        Assert.True(_machine.Present.IsEmpty);

        Assert.Equal(PresenceChanges.Opened | PresenceChanges.Started, See(2, live: true));

        Assert.Equal(At(1), _machine.OpenedAt);
        Assert.Equal(new Presence(1, At(1), At(2), TimeSpan.FromSeconds(1)), _machine.Present[0]);
        Assert.Equal(PresenceChanges.None, See(2.5, live: false)); // who is known to be a person stays one
        Assert.Equal(At(2.5), _machine.Present[0].To);
    }

    [Fact]
    public void Frame_FaceNeverKnownToBeAPersons_NeitherOpensNorKeepsOpen()
    {
        Sighting poster = new(2, true, Live: false), rider = new(1, true, Live: true);
        for (var i = 0; i < 5; i++) Assert.Equal(PresenceChanges.None, _machine.Frame(At(i), [poster]));
        Assert.Equal(PresenceChanges.Opened | PresenceChanges.Started, _machine.Frame(At(5), [rider, poster]));
        Assert.Equal(1, _machine.Present[0].TrackId);
        Assert.Equal(PresenceChanges.None, _machine.Frame(At(7), [poster]));
        Assert.Equal(PresenceChanges.Ended | PresenceChanges.Closed, _machine.Frame(At(7.5), [poster]));
        Assert.Equal(1, Assert.Single(_machine.Ended.ToArray()).TrackId);
        Assert.Equal(PresenceChanges.None, _machine.Silence(At(60)));
    }

    /// <summary>Where it cannot be told, such as before a bare wall.</summary>
    [Fact]
    public void Frame_FaceNotKnownForHoursMovesAtLast_WasThereForAMinuteAtMost()
    {
        for (var second = 0; second < 13 * 3600; second++) _machine.Frame(At(second), [new Sighting(1, true, Live: false)]);
        Assert.Equal(
            PresenceChanges.Opened | PresenceChanges.Started, _machine.Frame(At(13 * 3600), [new Sighting(1, true, Live: true)]));
        Assert.InRange(At(13 * 3600) - _machine.OpenedAt, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(61));
        var presence = Assert.Single(_machine.Present.ToArray());
        Assert.Equal((_machine.OpenedAt, true), (presence.From, presence.Attentive <= presence.To - presence.From));
    }

    [Fact]
    public void Frame_FaceMissingForTwoSeconds_IsBridged()
    {
        Frame(0, 1);
        Frame(1);
        Assert.Equal(PresenceChanges.None, Frame(2, 1));

        Assert.Equal((At(0), At(2)), Interval(_machine.Present[0]));
    }

    [Fact]
    public void Frame_FaceMissingForLonger_EndsAtTheLastSighting()
    {
        Frame(0, 1, 2);
        Frame(1, 1, 2);
        Frame(2, 2);
        Assert.Equal(PresenceChanges.Ended, Frame(3.1, 2));

        Assert.Equal((At(0), At(1)), Interval(Assert.Single(_machine.Ended.ToArray())));
        Assert.True(_machine.IsOpen);
    }

    [Fact]
    public void Frame_EverybodyGone_ClosesTheAudience()
    {
        Frame(0, 1);
        Assert.Equal(PresenceChanges.None, Frame(2));
        Assert.Equal(PresenceChanges.Ended | PresenceChanges.Closed, Frame(2.5));
        Assert.False(_machine.IsOpen);
        Assert.Equal(PresenceChanges.Opened | PresenceChanges.Started, Frame(3, 1));
    }

    [Fact]
    public void Frame_FaceAfterSilence_StartsANewPresenceInTheSameAudience()
    {
        Frame(0, 1);
        Frame(0.5, 1);
        Assert.Equal(PresenceChanges.None, _machine.Silence(At(20)));

        Assert.Equal(PresenceChanges.Ended | PresenceChanges.Started, Frame(20, 1));

        Assert.Equal((At(0), At(0.5)), Interval(_machine.Ended[0]));
        Assert.Equal((At(20), At(20)), Interval(_machine.Present[0]));
        Assert.Equal(At(0), _machine.OpenedAt);
    }

    [Fact]
    public void Silence_ThirtySeconds_LosesTheAudience()
    {
        Frame(0, 1);
        Frame(1, 1);
        Assert.Equal(PresenceChanges.None, _machine.Silence(At(30.9)));
        Assert.Equal(PresenceChanges.Lost | PresenceChanges.Ended, _machine.Silence(At(31)));

        Assert.Equal((At(0), At(1)), Interval(_machine.Ended[0]));
        Assert.Equal(PresenceChanges.None, _machine.Silence(At(99)));
    }

    [Fact]
    public void Frame_AfterThirtySecondsNobodyAskedAbout_LosesOneAudienceAndOpensTheNext()
    {
        Frame(0, 1);

        Assert.Equal(PresenceChanges.Lost | PresenceChanges.Ended | PresenceChanges.Opened | PresenceChanges.Started, Frame(40, 1));

        Assert.Equal((At(0), At(0)), Interval(_machine.Ended[0]));
        Assert.Equal(At(40), _machine.OpenedAt);
    }

    [Fact]
    public void Frame_NotNewer_IsIgnoredAndCounted()
    {
        Frame(1, 1);
        Assert.Equal(PresenceChanges.Ignored, Frame(1));
        Assert.Equal(PresenceChanges.Ignored, Frame(0.5, 2));

        Assert.Equal(2, _machine.IgnoredFrames);
        Assert.Equal((At(1), At(1)), Interval(Assert.Single(_machine.Present.ToArray())));
    }

    [Fact]
    public void Frame_FaceTurnsAway_CountsHalfOfTheStep()
    {
        _machine.Frame(At(0), [new Sighting(1, true, Live: true)]);
        _machine.Frame(At(1), [new Sighting(1, true, Live: true)]);
        _machine.Frame(At(2), [new Sighting(1, false, Live: true)]);
        _machine.Frame(At(3), [new Sighting(1, false, Live: true)]);
        // The frame between does not show the face: nobody knows where it looked.
        _machine.Frame(At(4), []);
        _machine.Frame(At(5), [new Sighting(1, true, Live: true)]);

        Assert.Equal(TimeSpan.FromSeconds(1.5), _machine.Present[0].Attentive);
    }

    [Fact]
    public void Frame_TwoFramesWithoutFacesAfterTheCabinEmptied_CloseWithoutWaiting()
    {
        Frame(0, 1, 2);
        Assert.Equal(PresenceChanges.None, _machine.Frame(At(0.5), [], cabinEmptied: true));
        Assert.Equal(PresenceChanges.Ended | PresenceChanges.Closed, _machine.Frame(At(1), [], cabinEmptied: true));
        Assert.All(_machine.Ended.ToArray(), presence => Assert.Equal((At(0), At(0)), Interval(presence)));
        Assert.Equal(2, _machine.Ended.Length);
    }

    [Fact]
    public void Frame_CabinEmptiedButAFaceIsSeen_NobodyHasGone()
    {
        Frame(0, 1, 2);
        for (var i = 1; i < 4; i++) Assert.Equal(
            PresenceChanges.None, _machine.Frame(At(i * 0.5), [new Sighting(2, true, Live: true)], cabinEmptied: true));
        Assert.Equal(2, _machine.Present.Length);
        // A face between two frames without any: one frame alone is not enough.
        Assert.Equal(PresenceChanges.None, _machine.Frame(At(1.8), [], cabinEmptied: true));
        Assert.True(_machine.IsOpen);
    }

    [Fact]
    public void Frame_CabinEmptiedBetweenFramesOfWhichNoSensorSpoke_WaitsAsEver()
    {
        Frame(0, 1);
        Assert.Equal(PresenceChanges.None, _machine.Frame(At(0.5), [], cabinEmptied: true));
        Assert.Equal(PresenceChanges.None, Frame(1));
        Assert.Equal(PresenceChanges.None, _machine.Frame(At(1.5), [], cabinEmptied: true));
        Assert.Equal(PresenceChanges.None, Frame(2));
        Assert.Equal(PresenceChanges.Ended | PresenceChanges.Closed, Frame(2.1));
    }

    [Fact]
    public void Frame_CabinEmptiedWithoutAnAudience_BeginsAndEndsNothing()
    {
        for (var i = 0; i < 4; i++) Assert.Equal(PresenceChanges.None, _machine.Frame(At(i * 0.5), [], cabinEmptied: true));
        Assert.False(_machine.IsOpen);
    }

    [Fact]
    public void Stop_OpenAudience_IsLost()
    {
        Frame(0, 1);
        Assert.Equal(PresenceChanges.Lost | PresenceChanges.Ended, _machine.Stop());
        Assert.Equal(PresenceChanges.None, _machine.Stop());
    }

    [Fact]
    public void Steps_AnyScript_EqualTheNaiveMachine()
    {
        // (tenths of a second since the step before, some negative or zero; faces as a bit set of four tracks; only a clock tick)
        var step = Gen.Choose(0, 20).Select(n => n switch { < 14 => n, < 18 => n * 3, 18 => 290, 19 => 310, _ => -4 })
            .SelectMany(gap => Gen.Choose(0, 15).SelectMany(faces => Gen.Choose(0, 255).SelectMany(facing => Gen.Choose(0, 9)
                .Select(kind => new Step(gap, kind < 4 ? faces & 3 : kind < 7 ? 0 : faces, facing, kind == 9)))));
        var property = Prop.ForAll(step.ListOf().ToArbitrary(), steps =>
        {
            // Short, so that it matters often.
            var rules = new PresenceRules { UntoldAtMost = TimeSpan.FromSeconds(1.5) };
            var (machine, naive) = (new PresenceMachine(rules), new NaivePresence(rules.UntoldAtMost));
            var at = Start;
            foreach (var (gap, faces, facing, tick) in steps)
            {
                at += TimeSpan.FromSeconds(gap / 10.0);
                var sightings = Enumerable.Range(0, 4).Where(i => (faces >> i & 1) == 1)
                    .Select(i => new Sighting(i + 1, (facing >> i & 1) == 1, Live: (facing >> (i + 4) & 1) == 1)).ToArray();
                if (tick) machine.Silence(at);
                else machine.Frame(at, sightings);
                naive.Take(at, tick ? null : sightings);
                if (machine.IsOpen != naive.Open || (naive.Open && machine.OpenedAt != naive.OpenedAt)) return false;
                if (!machine.Present.ToArray().OrderBy(p => p.TrackId).SequenceEqual(naive.Present())) return false;
                if (!machine.Ended.ToArray().OrderBy(p => p.TrackId).SequenceEqual(naive.EndedNow)) return false;
                if (machine.Present.ToArray().Any(p => p.Attentive < TimeSpan.Zero || p.Attentive > p.To - p.From)) return false;
            }
            return machine.IgnoredFrames == naive.Ignored;
        });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), property);
    }

    static DateTimeOffset At(double seconds) => Start + TimeSpan.FromSeconds(seconds);

    static (DateTimeOffset From, DateTimeOffset To) Interval(Presence presence) => (presence.From, presence.To);

    PresenceChanges Frame(double seconds, params int[] tracks) =>
        _machine.Frame(At(seconds), tracks.Select(t => new Sighting(t, true, Live: true)).ToArray());

    sealed record Step(int Gap, int Faces, int Facing, bool Tick);
}
