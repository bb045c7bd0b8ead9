using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Core.Decisions.Gates;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Faults;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Decisions;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.EndToEnd.Booked;

/// <summary>
/// The app with campaigns that are booked with a cap, a category, and not before children, at each screen; on a clock that can be set.
/// </summary>
public sealed class BookedFixture : AppFixture
{
    private const int Seconds = 3;

    /// <summary>The app's clock.</summary>
    public SteppedClock Clock { get; } = new();

    /// <summary>Women of 20 to 39: once a day and person, hard.</summary>
    public Campaign Capped { get; private set; } = null!;

    /// <summary>Men of 20 to 39: one of two that stand five minutes apart.</summary>
    public Campaign Rival { get; private set; } = null!;

    /// <summary>The other.</summary>
    public Campaign OtherRival { get; private set; } = null!;

    /// <summary>Men of 40 to 59: not before children.</summary>
    public Campaign ForAdults { get; private set; } = null!;

    /// <summary>The campaigns and the house loop.</summary>
    internal PlainCampaigns Campaigns { get; private set; } = null!;

    /// <summary>Registers a building with one screen, and starts its player.</summary>
    internal Task<BookedScreen> StartScreenAsync() => BookedScreen.StartAsync(this);

    /// <inheritdoc/>
    protected override void Replace(IServiceCollection services) => services.AddSingleton<TimeProvider>(Clock);

    /// <inheritdoc/>
    protected override async Task ReadyAsync()
    {
        Campaigns = await PlainCampaigns.StartAsync(this, "1414DC", Seconds);
        var apart = new Separation((int)CompetitiveCategory.Food, 2, TimeSpan.FromMinutes(5));
        Capped = await AddAsync("capped", Segment.Women2030, "DC1414", new() { Caps = [new FrequencyCap(1, CapUnit.Day, Hard: true)] });
        Rival = await AddAsync("rival", Segment.Men2030, "DCDC14", new() { Separation = apart });
        OtherRival = await AddAsync("other rival", Segment.Men2030, "DC14DC", new() { Separation = apart });
        ForAdults = await AddAsync("for adults", Segment.Men4050, "14C814", new() { NotForChildren = true });
        await Services.GetRequiredService<SnapshotReader>().RefreshAsync();
    }

    private Task<Campaign> AddAsync(string name, Segment segment, string colour, DeliveryTerms terms) =>
        Campaigns.AddAsync(name, segment, colour, Seconds, campaign => campaign.Delivery = terms);
}
