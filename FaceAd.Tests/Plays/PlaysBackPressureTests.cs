using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Json;
using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Screens;
using FaceAd.Web.Plays;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace FaceAd.Tests.Plays;

/// <summary>Play reports over HTTP, to a database that takes none for a while.</summary>
public sealed class PlaysBackPressureTests(PlaysBackPressureTests.Fixture app) : IClassFixture<PlaysBackPressureTests.Fixture>
{
    [Fact]
    public async Task Plays_DatabaseTakesNone_Is503WithRetryAfterAndTheNextTryIsCommitted()
    {
        using var client = new DeviceClient(app, app.Server.Token);
        var now = TimeProvider.System.GetUtcNow();
        PlayReport[] plays =
            [new() { PlayId = Guid.NewGuid(), DecisionId = app.Decide(app.Server.Screen.Id, app.Creative.Id, now.AddSeconds(-9)),
                CreativeId = app.Creative.Id, StartedAt = now.AddSeconds(-9), EndedAt = now,
                End = PlayEnd.Completed, Measured = true, FramesPresented = 225 }];
        await using (var db = app.NewContext())
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            await db.Database.ExecuteSqlRawAsync("LOCK TABLE plays IN ACCESS EXCLUSIVE MODE");
            var answer = await client.SendPlaysAsync(plays);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.Equal(BackPressure.RetryAfter, answer.Headers.RetryAfter?.Delta);
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        }
        PlayReceipt? receipt = null;
        await Wait.UntilAsync(
            async () =>
            {
                using var answer = await client.SendPlaysAsync(plays);
                if (answer.StatusCode == HttpStatusCode.ServiceUnavailable) return false; // a second is little on a busy machine
                receipt = await answer.Content.ReadFromJsonAsync<PlayReceipt>();
                return true;
            }, "the database takes it");
        Assert.Equal((1, 0), (receipt!.Accepted, receipt.Known));
    }

    /// <summary>A database that gives up early.</summary>
    public sealed class Fixture : SiteFixture
    {
        protected override void Replace(IServiceCollection services) => services.AddSingleton(provider =>
        {
            var database = provider.GetRequiredService<IConfiguration>().GetConnectionString("FaceAd");
            var impatient = new NpgsqlConnectionStringBuilder(database) { CommandTimeout = 1 };
            return new PlayStore(NpgsqlDataSource.Create(impatient), provider.GetRequiredService<IMeterFactory>());
        });
    }
}
