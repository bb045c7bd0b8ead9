using System.Globalization;
using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Hosting;
using FaceAd.Web.Metrics;
using Microsoft.Extensions.Localization;

namespace FaceAd.Web.Language;

/// <summary>Formats figures, money, dates and names in the reader's language. Undefined values are a dash, never a zero.</summary>
/// <param name="l">The texts.</param>
/// <param name="clock">The clock.</param>
/// <param name="configuration">Sets the time zone of the pages, <c>Dashboard:TimeZone</c>.</param>
sealed class Display(IStringLocalizer<Texts> l, TimeProvider clock, IConfiguration configuration)
{
    /// <summary>Text for undefined values.</summary>
    public const string Dash = "–";

    private readonly TimeZoneInfo _zone = PagesZone.Of(configuration);

    private static CultureInfo Culture => CultureInfo.CurrentCulture;

    /// <summary>Whole KRW.</summary>
    /// <param name="krw">Amount; a fraction is rounded. Null is a dash.</param>
    public string Krw(double? krw) =>
        krw is { } amount && double.IsFinite(amount) ? string.Format(Culture, l["Format.Krw"], KrwAmount.Whole(amount)) : Dash;

    /// <summary>A count, with the language's thousands separators.</summary>
    public string Count(long count) => count.ToString("N0", Culture);

    /// <summary>A share. What is not all, or not nothing, does not look so by rounding: 249 of 250 are 99 %, not 100 %.</summary>
    /// <param name="share">0..1, or more; null is a dash.</param>
    /// <param name="digits">Digits after the decimal point of the percentage.</param>
    public string Percent(double? share, int digits = 1)
    {
        if (share is not { } s) return Dash;
        var least = Math.Pow(10, -digits - 2);
        var shown = s is > 0 and < 1 ? Math.Clamp(s, least, 1 - least) : s;
        return shown.ToString("P" + digits.ToString(CultureInfo.InvariantCulture), Culture);
    }

    /// <summary>A ratio such as Frequency.</summary>
    /// <param name="ratio">The ratio; null is a dash.</param>
    /// <param name="digits">Digits after the decimal point.</param>
    public string Ratio(double? ratio, int digits = 2) =>
        ratio is { } r ? r.ToString("N" + digits.ToString(CultureInfo.InvariantCulture), Culture) : Dash;

    /// <summary>A count of people as its reader may see it: a number, a range, or "fewer than 5".</summary>
    public string People(ShownFigure count) =>
        Of(count, v => count.UpTo is { } most ? $"{Count((long)v)}–{Count((long)most)}" : Count((long)v));

    /// <summary>A figure as its reader may see it, or why there is none.</summary>
    /// <param name="figure">The figure.</param>
    /// <param name="write">Writes its value.</param>
    public string Of(ShownFigure figure, Func<double, string> write) =>
        figure.Value is { } v ? write(v)
        : figure.Few ? l["Campaign.Few", SmallCounts.Step]
        : figure.Why == NoFigure.Undefined ? Dash
        : l["NoFigure." + figure.Why];

    /// <summary>A cost per something, or why there is none.</summary>
    public string Krw(ShownFigure krw) => Of(krw, v => Krw(v));

    public string Day(DateOnly day) => day.ToString(l["Format.Day"], Culture);

    /// <summary>The day of an instant, in the pages' time zone.</summary>
    public string Day(DateTimeOffset instant) => Day(DateOnly.FromDateTime(Local(instant).DateTime));

    /// <summary>A period of inclusive days.</summary>
    /// <param name="first">First day.</param>
    /// <param name="last">Last day.</param>
    public string Days(DateOnly first, DateOnly last) =>
        first == last ? Day(first)
        : first.Year != last.Year ? $"{Day(first)} – {Day(last)}"
        : $"{first.ToString(l["Format.DayFrom"], Culture)} – {last.ToString(l["Format.DayTo"], Culture)}"; // the year only once

    /// <summary>The flights of a campaign.</summary>
    /// <param name="plan">Its dates.</param>
    public string Flights(FlightPlan plan) =>
        plan.Parts is null ? Days(plan.StartsOn, plan.EndsOn) : string.Join(", ", plan.Flights.Select(f => Days(f.StartsOn, f.EndsOn)));

    /// <summary>Time of day, to the second.</summary>
    public string Clock(DateTimeOffset instant) => Local(instant).ToString("HH:mm:ss", Culture);

    /// <summary>Date and time of day, to the minute.</summary>
    public string Moment(DateTimeOffset instant) =>
        $"{Day(DateOnly.FromDateTime(Local(instant).DateTime))} {Local(instant).ToString("HH:mm", Culture)}";

    /// <summary>How long ago.</summary>
    /// <param name="instant">The instant; null is "never".</param>
    public string Ago(DateTimeOffset? instant)
    {
        if (instant is not { } at) return l["Ago.Never"];
        var gone = clock.GetUtcNow() - at;
        return gone.TotalSeconds < 2 ? l["Ago.Now"]
            : gone.TotalSeconds < 60 ? l["Ago.Seconds", (int)gone.TotalSeconds]
            : gone.TotalMinutes < 60 ? l["Ago.Minutes", (int)gone.TotalMinutes]
            : gone.TotalHours < 24 ? l["Ago.Hours", (int)gone.TotalHours]
            : Moment(at);
    }

    /// <summary>A duration, to a tenth of a second.</summary>
    /// <param name="seconds">Seconds; null is a dash.</param>
    public string Seconds(double? seconds) => seconds is { } s ? l["Format.Seconds", s.ToString("0.#", Culture)] : Dash;

    /// <summary>A segment's name.</summary>
    public string Segment(Segment segment) => l["Segment." + segment];

    /// <summary>Today, in the pages' time zone.</summary>
    public DateOnly Today => DateOnly.FromDateTime(Local(clock.GetUtcNow()).DateTime);

    /// <summary>The first instant of a day in the pages' time zone.</summary>
    public DateTimeOffset StartOf(DateOnly day) => new SiteCalendar(_zone.Id, day).StartOf(day);

    /// <summary>Milliseconds since 1970 on the pages' clock, for charts, which know no time zones.</summary>
    public long OnTheClock(DateTimeOffset instant) => new DateTimeOffset(Local(instant).DateTime, TimeSpan.Zero).ToUnixTimeMilliseconds();

    /// <summary>An instant converted to the pages' time zone.</summary>
    public DateTimeOffset Local(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, _zone);
}
