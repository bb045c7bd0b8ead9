namespace FaceAd.Tests.Support.Watch;

/// <summary>
/// The app with one connection for all its pages. Whoever holds it and asks for another waits for themselves, so their test fails after
/// <see cref="FaceAd.Web.Data.ConnectionPools.PagePatience"/> seconds; whoever gives it back first hardly notices.
/// </summary>
public class OneConnection : RolesFixture
{
    /// <inheritdoc/>
    protected override int Connections => 2; // the other one is the screens'
}
