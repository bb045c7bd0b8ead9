using System.Globalization;
using Bunit;
using FaceAd.Tests.Support;
using FaceAd.Web.Components.FirstSteps;
using FaceAd.Web.Components.Pages.Homes;
using FaceAd.Web.Data;
using FaceAd.Web.Delivery.Sales;
using FaceAd.Web.Language;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;
using MudBlazor.Services;

namespace FaceAd.Tests.Components.Homes;

/// <summary>Components of the homes, in English, on a given day.</summary>
sealed class HomesContext : BunitContext
{
    private readonly CultureInfo _before = CultureInfo.CurrentUICulture;

    public HomesContext(DateTimeOffset now, IDbContextFactory<FaceAdDbContext>? contexts = null)
    {
        (CultureInfo.CurrentUICulture, CultureInfo.CurrentCulture) = (new("en"), new("en"));
        JSInterop.Mode = JSRuntimeMode.Loose;
        ComponentFactories.AddStub<FirstStepsCard>();
        Services.AddMudServices();
        Services.AddLocalization();
        Services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        Services.AddSingleton<TimeProvider>(new SetClock(now));
        Services.AddSingleton<IStringLocalizer<Texts>, CountedTexts>();
        Services.AddSingleton<Web.Language.Display>();
        if (contexts is null) return;
        Services.AddSingleton(contexts);
        Services.AddSingleton<SpendReader>();
        Services.AddSingleton<AttentionReader>();
    }

    protected override void Dispose(bool disposing)
    {
        CultureInfo.CurrentUICulture = _before;
        base.Dispose(disposing);
    }
}
