using FaceAd.Web.Accounts.Sessions;

namespace FaceAd.Web.Components.Pages.Admin;

/// <summary>A component with which the media owner's people change something.</summary>
public abstract class OwnerComponent : ActingComponent
{
    private protected sealed override bool May(Viewer viewer) => viewer.IsMediaOwner && base.May(viewer);
}
