namespace FaceAd.Web.Components.Pages.Admin.Sites;

/// <summary>States by which the table is filtered.</summary>
enum ScreenFilter
{
    Connected,
    Silent,
    Revoked,
}
