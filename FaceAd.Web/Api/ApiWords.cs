using System.Globalization;
using FaceAd.Web.Api.Models;
using FaceAd.Web.Campaigns.Booking;

namespace FaceAd.Web.Api;

/// <summary>Enum values and list positions as text.</summary>
static class ApiWords
{
    /// <summary>An enum value in camel case.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => CampaignModel.Word(value.ToString());

    /// <summary>Parses an enum value; numbers and comma-separated lists are refused.</summary>
    public static bool Read<T>(string? text, out T value)
        where T : struct, Enum
    {
        value = default;
        return text is { Length: > 0 and < 60 } && char.IsAsciiLetter(text[0]) && !text.Contains(',', StringComparison.Ordinal)
            && Enum.TryParse(text, ignoreCase: true, out value) && Enum.IsDefined(value);
    }

    /// <summary>A position in a list that is ordered by time.</summary>
    public static string Place(DateTimeOffset at, Guid id) =>
        new CampaignCursor(((at - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond)
            .ToString(CultureInfo.InvariantCulture), id).ToString();

    /// <summary>Parses a position; false when it is malformed. An empty text is the beginning.</summary>
    public static bool Place(string? text, out (DateTimeOffset At, Guid Id)? place)
    {
        place = CampaignCursor.Read(text) is { Instant: { } at } read ? (at, read.Id) : null;
        return text is null || place is not null;
    }

    /// <summary>Builds one page from rows read with one row more than the page holds.</summary>
    public static PageModel<TModel> Page<TRow, TModel>(
        IReadOnlyList<TRow> rows, int limit, Func<TRow, TModel> model, Func<TRow, string> place) =>
        new([.. rows.Take(limit).Select(model)], rows.Count > limit ? place(rows[limit - 1]) : null);
}
