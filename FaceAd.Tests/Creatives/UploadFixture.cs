using FaceAd.Tests.Support;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Creatives.Uploads;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Creatives;

/// <summary>People, and limits of uploads that a test can reach.</summary>
public sealed class UploadFixture : PeopleFixture
{
    public const long MaxBytes = 20_000_000, OrganisationBytes = 500_000_000;

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["Media:MaxUploadBytes"] = $"{MaxBytes}",
        ["Media:UnfinishedBytes"] = $"{2 * MaxBytes}",
        ["Media:UnfinishedUploads"] = "3",
        ["Media:OrganisationBytes"] = $"{OrganisationBytes}",
    };

    /// <summary>Waits for the end of an upload.</summary>
    internal async Task<CreativeUpload> EndOfAsync(string upload)
    {
        using var patience = new CancellationTokenSource(Wait.Limit);
        return (await Services.GetRequiredService<CreativeUploads>()
            .EndOfAsync(new Viewer(Guid.Empty, true), Sender.IdOf(upload), null, patience.Token))!;
    }
}
