using FaceAd.Core.Proof;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using FaceAd.Web.Language;
using FaceAd.Web.Reports;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Forms;

namespace FaceAd.Web.Components.Pages.Reports;

/// <summary>Proof of play of one campaign. A file is checked by the code that <c>verify-plays</c> runs, and not kept.</summary>
public sealed partial class ProofPage : IDisposable
{
    private const int Megabytes = Proofs.MaxFile / (1024 * 1024);
    private readonly CancellationTokenSource _gone = new();
    private Viewer _viewer;
    private Campaign? _campaign;
    private (DateOnly From, DateOnly To) _days;
    private string? _keys;
    private bool _isChecking;
    private bool _wasPinned;
    private string? _trouble;
    private ProofSummary? _summary;

    /// <summary>The campaign.</summary>
    [Parameter]
    public Guid Id { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    [Inject]
    private CampaignService Service { get; set; } = null!;

    [Inject]
    private ProofFile Export { get; set; } = null!;

    [Inject]
    private Proofs Checks { get; set; } = null!;

    [Inject]
    private Display Display { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    /// <summary>Ends a running check.</summary>
    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        if (Viewer.Of((await Authentication).User) is not { } viewer || await Service.FindAsync(viewer, Id) is not { } campaign)
        {
            Navigation.NotFound();
            return;
        }
        (_viewer, _campaign, _days) = (viewer, campaign, Export.DaysOf(campaign, null, null)!.Value);
    }

    private async Task CheckAsync(InputFileChangeEventArgs chosen)
    {
        (_summary, _trouble) = (null, null);
        if (chosen.FileCount != 1) return;
        if (chosen.File.Size > Proofs.MaxFile)
        {
            _trouble = L["Proof.Trouble.TooLarge", Megabytes];
            return;
        }
        _isChecking = true;
        try
        {
            var expected = StorableText.IsBlank(_keys) ? null : ProofCheck.ReadKeys(_keys.Split('\n'));
            await using var file = chosen.File.OpenReadStream(Proofs.MaxFile, _gone.Token);
            (_summary, _wasPinned) = (await Checks.CheckAsync(_viewer.OrganisationId, file, expected, _gone.Token), expected is not null);
        }
        catch (ProofFileException exception)
        {
            _trouble = L["Proof.Trouble.NoProof", exception.Line];
        }
        catch (FormatException)
        {
            _trouble = L["Proof.Trouble.Keys"];
        }
        catch (BusyException)
        {
            _trouble = L["Proof.Trouble.Busy"];
        }
        catch (Exception exception) when (exception is IOException or TimeoutException)
        {
            _trouble = L["Proof.Trouble.Unreadable"]; // the connection was lost in the middle
        }
        finally
        {
            _isChecking = false;
        }
    }

    private string Period(ProofSummary summary) =>
        summary.About is { From: { } from, To: { } to } ? Display.Days(from, to) : Display.Dash;
}
