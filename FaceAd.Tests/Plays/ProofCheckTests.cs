using System.Security.Cryptography;
using FaceAd.Core;
using FaceAd.Core.Proof;
using FaceAd.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Plays;

/// <summary>Any change to an export of proofs is found, and an honest one adds up.</summary>
public sealed class ProofCheckTests
{
    private static readonly Guid Screen = Guid.NewGuid();

    private static readonly Action<Random, List<ProofLine>, int>[] Edits =
    [
        (random, lines, at) => lines[at] = lines[at] with { Payload = PayloadOf(lines[at], random) },
        (random, lines, at) => lines[at] = lines[at] with { Hash = Flip(random, lines[at].Hash!) },
        (random, lines, at) => lines[at] = lines[at] with { Previous = Flip(random, lines[at].Previous!) },
        (random, lines, at) => lines[at] = lines[at] with { Signature = Flip(random, lines[at].Signature!) },
        (random, lines, at) => lines[at] = lines[at] with { Number = lines[at].Number + random.Next(1, 5) },
        (_, lines, at) => lines[at] = lines[at] with { Signature = null },
        (_, lines, at) => lines[at] = lines[at] with { Payload = null }, // hidden: the server counts it all the same
        (_, lines, at) => lines.RemoveAt(at),
        (_, lines, at) => lines.Insert(at, lines[at]),
        (_, lines, at) => (lines[at], lines[at + 1]) = (lines[at + 1], lines[at]),
        (_, lines, at) => (lines[at], lines[at + 1]) =
            (lines[at] with { Number = lines[at + 1].Number }, lines[at + 1] with { Number = lines[at].Number }),
        (random, lines, at) => lines[2] = lines[2] with { PublicKey = Flip(random, lines[2].PublicKey!) },
        (_, lines, at) => lines[1] = lines[1] with { Screen = Guid.NewGuid() },
        (_, lines, at) => lines.Insert(at + 1, lines[2]), // the chain in two parts
        (_, lines, at) => lines.RemoveRange(at, lines.Count - at), // cut off
    ];

    [Fact]
    public void Payload_AnyReport_ReadsBackAndNoFieldIsLeftOut() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        var report = Report(random);
        var text = PlayPayload.Write(Screen, report);
        var changed = typeof(PlayReport).GetProperties().Where(p => p.Name != nameof(PlayReport.Seal)).Select(p =>
        {
            var other = report with { };
            p.SetValue(other, Other(p.GetValue(report), random));
            return PlayPayload.Write(Screen, other);
        }).Append(PlayPayload.Write(Guid.NewGuid(), report)).ToList();
        return PlayPayload.Read(text) is (var screen, var read) && screen == Screen && read == report
            && !changed.Contains(text) && changed.Distinct().Count() == changed.Count
            && PlayPayload.Read(text + " ") is null && PlayPayload.Read(text.ToUpperInvariant()) is null;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Check_AnyHonestFile_IsSoundAndAddsUp() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        using var sealer = new PlaySealer(Screen);
        var (lines, own) = Export(random, sealer);
        var summary = Check(lines, [sealer.Fingerprint]);
        return summary.IsSound && summary.Plays == own.Count
            && summary.Screens.Single().Keys.Single().Others == lines.Count - 4 - own.Count
            && summary.Length == TimeSpan.FromTicks(own.Sum(p => (p.EndedAt - p.StartedAt).Ticks));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Check_AnyEditOfAnyPlay_IsFound() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        using var sealer = new PlaySealer(Screen);
        var (honest, _) = Export(random, sealer);
        return Edits.All(edit =>
        {
            List<ProofLine> lines = [.. honest];
            // Of a play that is followed by another, and is the campaign's.
            int[] own = [.. Enumerable.Range(3, lines.Count - 5).Where(i => lines[i].Payload is not null)];
            edit(random, lines, own[random.Next(own.Length)]);
            // Whoever edits a file writes its last line anew, too; one that was cut off has none.
            if (lines[^1].Lines is not null) lines[^1] = new ProofLine { Lines = lines.Count - 1 };
            return !IsSound(lines);
        });
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Check_AnotherKeyThroughout_IsFoundByItsFingerprintOnly()
    {
        using var sealer = new PlaySealer(Screen);
        using var forger = new PlaySealer(Screen);
        var (lines, _) = Export(new Random(1), forger);
        Assert.True(Check(lines, null).IsSound);
        Assert.Equal([ProofFaultKind.UnknownKey], Check(lines, [sealer.Fingerprint]).Counts.Keys);
    }

    [Fact]
    public void Check_PlaysLeftOutAtEitherSideOfAGap_SaysHowMany()
    {
        using var sealer = new PlaySealer(Screen);
        var plays = sealer.SealAll(Enumerable.Range(0, 9).Select(_ => Report(new Random(2)) with { PlayId = Guid.NewGuid() }));
        var summary = Check(Export(sealer, [.. plays.Where((_, i) => i is < 3 or > 6)], _ => true), null);
        Assert.Equal([(ProofFaultKind.Gap, 8L, 4L)], summary.Faults.Select(f => (f.Kind, f.Number, f.Plays)));
        Assert.Equal((5, 1, 9), (summary.Plays, summary.Screens[0].Keys[0].First, summary.Screens[0].Keys[0].Last));
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("not json", 1)]
    [InlineData("null", 1)]
    [InlineData("{\"format\":\"facead-proof-2\"}", 1)]
    [InlineData("{\"format\":\"facead-proof-1\"}\n{\"number\":1}", 2)] // without a key
    [InlineData("{\"format\":\"facead-proof-1\"}\n{\"key\":\"aa\",\"publicKey\":\"AAAA\"}", 2)] // without a screen
    [InlineData("{\"format\":\"facead-proof-1\"}\n{\"lines\":1}\n{\"lines\":1}", 3)]
    [InlineData("{\"format\":\"facead-proof-1\"}\n{}", 2)]
    public async Task Check_NoProof_SaysWhichLine(string text, long line) => Assert.Equal(
        line, (await Assert.ThrowsAsync<ProofFileException>(() => ProofCheck.RunAsync(new StringReader(text)))).Line);

    /// <summary>An export as the server writes it, of one screen and key.</summary>
    internal static List<ProofLine> Export(PlaySealer sealer, IReadOnlyList<PlayReport> plays, Func<int, bool> isOwn) =>
    [
        new ProofLine { Format = ProofLine.Format1, Campaign = Guid.NewGuid(), Name = "봄", From = new(2026, 3, 1), To = new(2026, 3, 7) },
        new ProofLine { Screen = sealer.ScreenId, Name = "A", Counted = Enumerable.Range(0, plays.Count).Count(isOwn) },
        new ProofLine { Key = sealer.Fingerprint, PublicKey = plays[0].Seal!.Key },
        .. plays.Select((play, i) =>
        {
            var (seal, text) = (play.Seal!, PlayPayload.Write(sealer.ScreenId, play));
            var begins = i == 0 || plays[i - 1].Seal!.Number + 1 != seal.Number;
            var ends = i == plays.Count - 1 || plays[i + 1].Seal!.Number - 1 != seal.Number;
            return new ProofLine
            {
                Number = seal.Number,
                Hash = SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(text)),
                Payload = isOwn(i) ? text : null,
                Previous = begins || ends || isOwn(i) ? seal.Previous : null,
                Signature = ends || isOwn(i) ? seal.Signature : null,
            };
        }),
        new ProofLine { Lines = plays.Count + 3 },
    ];

    private static (List<ProofLine> Lines, List<PlayReport> Own) Export(Random random, PlaySealer sealer)
    {
        var plays = sealer.SealAll(Enumerable.Range(0, random.Next(3, 9)).Select(_ => Report(random)));
        var own = plays.Select((_, i) => i == 1 || random.Next(2) == 0).ToArray();
        return (Export(sealer, plays, i => own[i]), [.. plays.Where((_, i) => own[i])]);
    }

    private static ProofSummary Check(List<ProofLine> lines, string[]? keys)
    {
        using var check = new ProofCheck(keys?.ToHashSet());
        foreach (var line in lines) check.Add(line.Write());
        return check.Finish();
    }

    private static bool IsSound(List<ProofLine> lines)
    {
        try
        {
            return Check(lines, null).IsSound;
        }
        catch (ProofFileException)
        {
            return false;
        }
    }

    private static PlayReport Report(Random random)
    {
        var at = Sample.Noon.AddSeconds(random.Next(100_000)).AddMicroseconds(random.Next(1_000_000));
        return new PlayReport
        {
            PlayId = Guid.NewGuid(),
            DecisionId = random.Next(2) == 0 ? null : Guid.NewGuid(),
            CreativeId = Guid.NewGuid(),
            StartedAt = at,
            EndedAt = at.AddMicroseconds(random.Next(60_000_000)),
            End = (PlayEnd)random.Next(3),
            Measured = random.Next(2) == 0,
            FramesPresented = random.Next(1, 900),
        };
    }

    private static object Other(object? value, Random random) => value switch
    {
        null or Guid => Guid.NewGuid(),
        DateTimeOffset at => at.AddMicroseconds(random.Next(1, 1_000_000)),
        PlayEnd end => (PlayEnd)(((int)end + random.Next(1, 3)) % 3),
        bool flag => !flag,
        int number => number + random.Next(1, 9),
        _ => throw new InvalidOperationException("A kind of field that is not in the payload."),
    };

    private static string PayloadOf(ProofLine line, Random random)
    {
        var (screen, report) = PlayPayload.Read(line.Payload!)!.Value;
        var fields = typeof(PlayReport).GetProperties().Where(p => p.Name != nameof(PlayReport.Seal)).ToArray();
        var field = fields[random.Next(fields.Length)];
        field.SetValue(report, Other(field.GetValue(report), random));
        return PlayPayload.Write(screen, report);
    }

    private static byte[] Flip(Random random, byte[] bytes)
    {
        var other = bytes.ToArray();
        other[random.Next(other.Length)] ^= (byte)(1 << random.Next(8));
        return other;
    }
}
