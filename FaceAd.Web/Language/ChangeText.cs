using System.Globalization;
using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Core.Decisions.Gates;
using FaceAd.Core.Decisions.Pacing;
using FaceAd.Web.Campaigns;
using Microsoft.Extensions.Localization;

namespace FaceAd.Web.Language;

/// <summary>Writes details of a campaign's history, which the log keeps in no particular language, as sentences of the reader's.</summary>
/// <param name="l">The texts.</param>
/// <param name="display">Writes money, days and segments.</param>
/// <param name="schedule">Writes days of the week and hours.</param>
sealed class ChangeText(IStringLocalizer<Texts> l, Display display, ScheduleText schedule)
{
    /// <summary>A detail as a sentence; as it is, if it is not known.</summary>
    /// <param name="key">Its name, see <see cref="CampaignTerms"/>.</param>
    /// <param name="value">Its value, or "before → after".</param>
    /// <param name="places">Names of sites by <see cref="CampaignTerms.Place"/>.</param>
    public string Sentence(string key, string value, IReadOnlyDictionary<string, string> places)
    {
        if (l["Change.Said." + key] is { ResourceNotFound: false } said) return l[said.Name, value];
        if (l["Book.Term." + key] is not { ResourceNotFound: false } term) return $"{key}: {value}";
        return value.Split(CampaignTerms.Arrow) is [var before, var after]
            ? l["Change.Said", term.Value, Term(key, before, places), Term(key, after, places)] : $"{term}: {Term(key, value, places)}";
    }

    /// <summary>How a campaign is to be delivered, as far as something was asked for.</summary>
    /// <param name="campaign">The campaign.</param>
    public IEnumerable<(string Term, string Value)> Delivery(Campaign campaign)
    {
        var (terms, usual) = (CampaignTerms.Delivery(campaign.Delivery), CampaignTerms.Delivery(DeliveryTerms.Default));
        return terms.Where(t => t.Value != usual[t.Key]).Select(t => (l["Book.Term." + t.Key].Value, Term(t.Key, t.Value, Nowhere)));
    }

    private static readonly Dictionary<string, string> Nowhere = [];

    private string Term(string key, string value, IReadOnlyDictionary<string, string> places) => (key, value) switch
    {
        (_, "–") => l["Change.SaidNone"],
        ("startsOn" or "endsOn", _) when Day(value) is { } day => display.Day(day),
        ("flights", _) => string.Join(", ", value.Split(", ").Select(Flight)),
        ("targets", _) => string.Join(", ", value.Split(", ")
            .Select(t => Enum.TryParse<Segment>(t, out var segment) ? display.Segment(segment) : t)),
        ("sites", "all") => l["Campaign.AllSites"],
        ("sites", _) => Places(value.Split(' '), places),
        ("groups", _) => l["Change.SaidGroups", value.Split(' ').Length],
        ("days", "all") => l["Book.EveryDay"],
        ("days", { Length: 7 }) => string.Join(", ", Enumerable.Range(0, 7).Where(d => value[d] == '1').Select(schedule.DayShort)),
        ("hours", "all") => l["Book.AllDay"],
        ("hours", _) => string.Join(", ", value.Split(", ").Select(Hours)),
        ("priceModel", _) when Enum.TryParse<PriceModel>(value, out var model) => l["Form.Model." + model],
        ("budget" or "price" or "cost" or "credit", _) when double.TryParse(value, CultureInfo.InvariantCulture, out var krw) =>
            display.Krw(krw),
        ("goal" or "delivered" or "missing", _) when long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) =>
            display.Count(count),
        ("pace", _) when Enum.TryParse<Pace>(value, out var pace) => l["Form.Pace." + pace],
        ("metric", _) => l["Experiment.Metric." + value],
        ("smallest", _) when double.TryParse(value, CultureInfo.InvariantCulture, out var smallest) => display.Percent(smallest),
        ("experimentEnd", _) => l["Experiment.End." + value],
        ("caps", _) => string.Join(", ", value.Split(", ").Select(Cap)),
        ("category", _) when value.Split(' ') is [var category, var minutes, _] => l["Change.SaidCategory", l["Category." + category].Value, minutes],
        (_, "yes") => l["Change.SaidYes"],
        (_, "no") => l["Change.SaidNo"],
        ("share", _) when double.TryParse(value, CultureInfo.InvariantCulture, out var share) => display.Percent(share),
        _ => value,
    };

    private string Cap(string text) => text.TrimEnd('!').Split('/') is [var most, var per] && Enum.TryParse<CapUnit>(per, out var unit)
        ? l["Change.SaidCap." + unit, most] : text;

    private static DateOnly? Day(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    private string Flight(string text) =>
        text.Split('–') is [var first, var last] && Day(first) is { } from && Day(last) is { } to
            ? display.Days(from, to) : text;

    private string Hours(string text) =>
        text.Split('–') is [var first, var last] && int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var from)
            && int.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var to) ? schedule.Span(from, to) : text;

    // A site that is gone has no name any more.
    private string Places(string[] ids, IReadOnlyDictionary<string, string> places)
    {
        var names = ids.Select(id => places.GetValueOrDefault(id)).OfType<string>().ToList();
        if (names.Count < ids.Length) names.Add(l["Change.SaidGone", ids.Length - names.Count]);
        return string.Join(", ", names);
    }
}
