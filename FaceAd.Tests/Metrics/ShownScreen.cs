using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using FaceAd.Tests.Support;
using FaceAd.Web.Api;
using FaceAd.Web.Components.Pages.Campaigns.Details;
using FaceAd.Web.Components.Pages.Reports;
using FaceAd.Web.Delivery;
using FaceAd.Web.Language;
using FaceAd.Web.Metrics;
using FaceAd.Web.Reports;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Logging;
using MudBlazor.Services;

namespace FaceAd.Tests.Metrics;

/// <summary>The figures as page and print show them, in English, compared with the file's; and the API's.</summary>
sealed partial class ShownScreen : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly HtmlRenderer _renderer;

    public ShownScreen()
    {
        var services = new ServiceCollection().AddLogging().AddLocalization();
        services.AddSingleton<IStringLocalizer<Texts>, CountedTexts>();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddSingleton<TimeProvider>(new SetClock(Sample.Noon));
        services.AddScoped<FaceAd.Web.Language.Display>();
        services.AddScoped<ReportText>();
        services.AddMudServices();
        services.AddSingleton<FaceAd.Web.Components.ComponentHtml>();
        services.AddSingleton<FaceAd.Web.Components.Controls.MetricTips>();
        services.AddScoped<NavigationManager, Address>();
        _services = services.BuildServiceProvider();
        _renderer = new HtmlRenderer(_services, _services.GetRequiredService<ILoggerFactory>());
    }

    public async ValueTask DisposeAsync()
    {
        await _renderer.DisposeAsync();
        await _services.DisposeAsync();
    }

    /// <summary>The API has the file's numbers and texts; where the file has a word for no figure, null and the reason.</summary>
    public static void AssertSame(ReportTable table, Dictionary<string, string> file)
    {
        foreach (var row in table.Rows)
        {
            var (api, cell) = (ReportsApi.Row(table, row), file[row[0].Text!]);
            var reasons = (Dictionary<string, string>?)api.GetValueOrDefault("reasons");
            switch (api["value"])
            {
                case double number:
                    Assert.Equal(Math.Round(number, 6).ToString(CultureInfo.InvariantCulture), cell);
                    break;
                case string text:
                    Assert.Equal(text, cell);
                    break;
                default:
                    Assert.Null(api["value"]);
                    Assert.Equal(cell.Length > 0, reasons?.ContainsKey("value") == true);
                    break;
            }
        }
    }

    /// <summary>Print and page show the file's numbers, rounded.</summary>
    public void AssertSaysWhatTheFileSays(MetricsScope scope, CampaignMetrics m, ReportTable table, Func<string, double?> number)
    {
        var (culture, before) = (CultureInfo.GetCultureInfo("en-US"), CultureInfo.CurrentCulture);
        (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (culture, culture);
        try
        {
            var print = Render<ReportTableView>(new() { ["Table"] = table, ["Compared"] = false });
            foreach (var definition in MetricDefinitions.All)
                AssertRounded(number(definition.Key), Text(print, "data-figure", definition.Key), definition.Unit);
            var views = Render<CampaignViews>(new() { ["Metrics"] = m, ["Persons"] = SmallCounts.Of(m, exact: false) });
            var pace = Pacing.Of(scope.Campaign, scope.Calendar, scope.Now, m.Delivered);
            var pacing = Render<CampaignPacing>(new() { ["Campaign"] = scope.Campaign, ["Pacing"] = pace });
            var costs = Render<CampaignCosts>(new() { ["Campaign"] = scope.Campaign, ["Pacing"] = pace, ["Metrics"] = m });
            AssertRounded(number("completed_views"), Text(views, "data-metric", "completed"), ReportUnit.Count);
            AssertRounded(number("cost_per_completed_view_krw"), Text(views, "data-metric", "cost-per-completed"), ReportUnit.Krw);
            AssertRounded(number("grp"), Text(views, "data-metric", "grp"), ReportUnit.Ratio);
            AssertRounded(number("cpm_krw"), Text(costs, "data-metric", "cpm"), ReportUnit.Krw);
            AssertRounded(number("target_cpm_krw"), Text(costs, "data-metric", "target-cpm"), ReportUnit.Krw);
            AssertRounded(number("committed_cost_krw"), Text(costs, "data-metric", "committed"), ReportUnit.Krw);
            AssertRounded(number("accrued_cost_krw"), Text(costs, "data-metric", "accrued"), ReportUnit.Krw);
            AssertRounded(number("projected_cost_krw"), Text(costs, "data-metric", "projected"), ReportUnit.Krw);
            AssertRounded(
                number("projected_target_impressions"), Text(pacing, "data-metric", "projected-impressions"), ReportUnit.Count);
        }
        finally
        {
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (before, before);
        }
    }

    private static void AssertRounded(double? number, string shown, ReportUnit unit)
    {
        if (number is not { } expected)
        {
            Assert.DoesNotMatch(@"^\W*\d[\d,.]*(%| s)?$", shown); // a word, a dash, a range or "fewer than 5"
            return;
        }
        var got = double.Parse(Digits().Replace(shown, ""), CultureInfo.InvariantCulture);
        if (unit == ReportUnit.Share)
        {
            Assert.Equal(expected * 100, got, 0.11);
            Assert.Equal((expected == 0, expected == 1), (got == 0, got == 100));
        }
        else Assert.Equal(expected, got, unit switch { ReportUnit.Count => 0, ReportUnit.Krw => 0.5, _ => 0.05 } + 1e-6);
    }

    private string Render<T>(Dictionary<string, object?> parameters)
        where T : IComponent => _renderer.Dispatcher.InvokeAsync(async () =>
            (await _renderer.RenderComponentAsync<T>(ParameterView.FromDictionary(parameters))).ToHtmlString()).GetAwaiter().GetResult();

    private static string Text(string html, string attribute, string key) =>
        WebUtility.HtmlDecode(Regex.Match(html, $"{attribute}=\"{key}\"[^>]*>([^<]*)<").Groups[1].Value).Trim();

    [GeneratedRegex("[^0-9.]")]
    private static partial Regex Digits();

    private sealed class Address : NavigationManager
    {
        public Address() => Initialize("http://localhost/", "http://localhost/");
    }
}
