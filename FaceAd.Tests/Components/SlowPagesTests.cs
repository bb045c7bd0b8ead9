using FaceAd.Tests.Components.Walk;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Faults;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Tests.Components;

/// <summary>Every page while the database hardly answers, the threads are busy, and sessions end.</summary>
[Collection(nameof(Alone))]
[Trait(Alone.Trait, nameof(Alone))]
public sealed class SlowPagesTests(SlowPagesTests.Impatient app) : IClassFixture<SlowPagesTests.Impatient>
{
    private static readonly TimeSpan Recheck = TimeSpan.FromMilliseconds(100);

    /// <summary>An app whose open pages ask ten times a second whether their session goes on.</summary>
    public sealed class Impatient : PageWalkFixture
    {
        /// <inheritdoc/>
        protected override IReadOnlyDictionary<string, string> Settings =>
            new Dictionary<string, string>(base.Settings) { ["Accounts:Recheck"] = $"{Recheck}" };

        /// <inheritdoc/>
        protected override int Connections => 60;
    }

    /// <summary>
    /// To sign someone out used to draw their half-written page anew, and the writer then followed an unfinished part for ever: the
    /// stack overflowed, and the whole server was gone (dotnet/aspnetcore#69035).
    /// </summary>
    [Fact]
    public async Task Page_WhoseSessionEndsWhileItIsWritten_IsWrittenToItsEnd()
    {
        foreach (var stops in app.Stops.DistinctBy(s => (s.Who, s.Address)).Chunk(15)) await OpenAsync(stops);
        using var anybody = new Visitor(app);
        Assert.Equal("Healthy", await anybody.Http.GetStringAsync("healthz"));
    }

    private async Task OpenAsync(PageStop[] stops)
    {
        var people = new Dictionary<string, Visitor>();
        foreach (var who in stops.Select(s => s.Who).Distinct())
            people[who] = who == PageWalk.Nobody ? new Visitor(app) : await app.SignInAsync(who);
        List<Task<HttpResponseMessage>> answers;
        using (new StarvedThreadPool())
        {
            await using var slow = await SlowDatabase.HoldAsync(
                app.ConnectionString, except: ["sessions", "users", "roles", "user_roles", "user_claims"]);
            answers = [.. stops.Select(s => people[s.Who].Http.GetAsync(s.Address))];
            await slow.WaitForAsync(waiting: stops.Count(s => s.Who != PageWalk.Nobody) / 2);
            await using (var db = app.NewContext()) await db.Sessions.ExecuteDeleteAsync();
            await Task.Delay(8 * Recheck); // an open page has looked by now
        }
        foreach (var (answer, stop) in (await Task.WhenAll(answers)).Zip(stops))
        {
            if (stop.Status != 0) Assert.True((int)answer.StatusCode < 500, $"{stop.Address}: {answer.StatusCode}");
            answer.Dispose();
        }
        foreach (var visitor in people.Values) visitor.Dispose();
    }
}
