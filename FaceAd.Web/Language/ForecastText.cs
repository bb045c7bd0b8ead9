using FaceAd.Web.Metrics.Forecasts;
using Microsoft.Extensions.Localization;

namespace FaceAd.Web.Language;

/// <summary>Writes figures of forecasts.</summary>
/// <param name="l">The texts.</param>
/// <param name="display">Writes numbers and money.</param>
sealed class ForecastText(IStringLocalizer<Texts> l, Display display)
{
    /// <summary>A number of impressions: nobody forecasts single ones, so three digits.</summary>
    public string Rough(double value)
    {
        var step = value < 1000 ? 1 : Math.Pow(10, Math.Floor(Math.Log10(value)) - 2);
        return display.Count((long)(Math.Round(value / step) * step));
    }

    /// <summary>An interval; empty where both ends read alike.</summary>
    public string Between(Estimate of, Func<double, string> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        return write(of.Low) == write(of.High) ? "" : l["Forecast.Between", write(of.Low), write(of.High)].Value;
    }

    /// <summary>The figures that two forecasts are compared by: key, name, and how each is written with its interval.</summary>
    /// <param name="exact">Whether the reader may see exact figures.</param>
    public IEnumerable<(string Key, string Name, Func<Forecast, (string Value, string Between)> Write)> Figures(bool exact)
    {
        yield return ("impressions", l["Report.Column.target_impressions"].Value, f => Of(f.Impressions, Rough));
        yield return ("certainty", l["Forecast.Goal"].Value, f => f is { Goal: { } goal, Certainty: { } sure }
            ? (display.Count((long)goal), l["Forecast.Certainty", display.Percent(Math.Clamp(sure, 0.01, 0.99), 0)].Value) : None);
        yield return ("reach", l["Campaign.Reach"].Value,
            f => f.ShownReach(exact) is { } reach ? Of(reach.Share, v => display.Percent(v, 0)) : None);
        yield return ("frequency", l["Campaign.Frequency"].Value,
            f => f.ShownReach(exact)?.Frequency is { } times ? Of(times, v => display.Ratio(v, 1)) : None);
        yield return ("cost", l["Report.Column.projected_cost_krw"].Value, f => Of(f.CostKrw, v => display.Krw(v)));
        yield return ("cpm", l["Report.Column.target_cpm_krw"].Value, f => f.CpmKrw is { } cpm ? Of(cpm, v => display.Krw(v)) : None);
    }

    private static readonly (string, string) None = (Display.Dash, "");

    private (string, string) Of(Estimate of, Func<double, string> write) => (write(of.Value), Between(of, write));
}
