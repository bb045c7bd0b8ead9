namespace FaceAd.Web.Api.Models;

/// <summary>One page of a list.</summary>
/// <param name="Items">Its rows.</param>
/// <param name="Next">Value of <c>after</c> for the next page; null on the last page.</param>
sealed record PageModel<T>(IReadOnlyList<T> Items, string? Next);
