namespace FaceAd.Web.Screens;

/// <summary>
/// Erases everyone recognised at a site, the current epoch included. No page offers it unless an implementation is registered.
/// </summary>
/// <param name="erase">Performs the erasure and returns how many people were erased.</param>
sealed class SiteErasure(Func<Guid, CancellationToken, Task<int>> erase)
{
    /// <summary>Erases everyone recognised at a site.</summary>
    /// <param name="siteId">The site.</param>
    /// <param name="cancellation">Cancels the operation; what was not committed is kept.</param>
    public Task<int> EraseAsync(Guid siteId, CancellationToken cancellation = default) => erase(siteId, cancellation);
}
