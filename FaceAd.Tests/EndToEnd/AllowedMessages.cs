using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using FaceAd.Core;
using FaceAd.Tests.Support.Network;

namespace FaceAd.Tests.EndToEnd;

/// <summary>The whole list of what a player may send while it analyses its own frames.</summary>
internal static partial class AllowedMessages
{
    private static readonly JsonSerializerOptions Strict =
        new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    /// <summary>What a report to <see cref="Routes.Audiences"/> says.</summary>
    public static AudienceReport Report(SentMessage message) => JsonSerializer.Deserialize<AudienceReport>(message.Body, Strict)!;

    /// <summary>Fails the test when a message is not on the list.</summary>
    public static void Check(SentMessage message)
    {
        Assert.InRange(message.Body.Length, 0, 8192);
        Assert.InRange(message.Head.Length, 0, 1024);
        Assert.True(message.Body.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) < 0, "A JPEG left the cabin.");
        Assert.True(message.Body.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47]) < 0, "A PNG left the cabin.");
        switch (message.Method, message.Path)
        {
            case ("POST", $"{Routes.Hub}/negotiate?negotiateVersion=1"):
                Assert.Empty(message.Body);
                break;
            case ("GET", var path) when Connect().IsMatch(path) || Media().IsMatch(path):
                Assert.Empty(message.Body);
                break;
            case ("POST", Routes.Audiences):
                AssertEstimatesOnly(Report(message));
                break;
            case ("POST", Routes.Plays):
                Assert.NotEmpty(JsonSerializer.Deserialize<PlayReport[]>(message.Body, Strict)!);
                break;
            case ("HUB", _):
                AssertAllowedHubMessage(JsonDocument.Parse(message.Body).RootElement);
                break;
            case ("CONTROL", _):
                Assert.InRange(message.Body.Length, 0, 125);
                break;
            default:
                Assert.Fail($"{message.Method} {message.Path} is not on the list.");
                break;
        }
    }

    private static void AssertEstimatesOnly(AudienceReport report)
    {
        Assert.InRange(report.ModelVersion.Length, 1, 120);
        foreach (var view in report.Presences.SelectMany(p => p.Views))
        {
            // An embedding is a unit vector of half floats; a part of a picture would hardly be.
            Assert.Equal(PresenceReport.ViewBytes, view.Length);
            var squares = Enumerable.Range(0, PresenceReport.EmbeddingLength)
                .Sum(i => Math.Pow((double)BitConverter.ToHalf(view, 2 * i), 2));
            Assert.InRange(squares, 0.98, 1.02);
        }
    }

    private static void AssertAllowedHubMessage(JsonElement message)
    {
        if (message.TryGetProperty("protocol", out var protocol))
        {
            Assert.Equal("json", protocol.GetString()); // the handshake
            return;
        }
        if (message.GetProperty("type").GetInt32() is 6 or 7) return; // ping, close
        Assert.Equal(1, message.GetProperty("type").GetInt32());
        var argument = Assert.Single(message.GetProperty("arguments").EnumerateArray());
        switch (message.GetProperty("target").GetString())
        {
            case nameof(IScreenHub.Beat):
                Assert.InRange(argument.Deserialize<Heartbeat>(Strict)!.Problem?.Length ?? 0, 0, Heartbeat.MaxProblem);
                break;
            case nameof(IScreenHub.Acknowledge):
                Assert.Equal(JsonValueKind.Number, argument.ValueKind);
                break;
            case nameof(IScreenHub.PlayEnding):
                Assert.NotNull(argument.Deserialize<PlayEnding>(Strict));
                break;
            case var target:
                Assert.Fail($"The hub method {target} is not on the list.");
                break;
        }
    }

    [GeneratedRegex($@"^{Routes.Hub}\?id=[\w-]{{22}}$")]
    private static partial Regex Connect();

    [GeneratedRegex("^/media/[0-9a-f]{64}\\.mp4$")]
    private static partial Regex Media();
}
