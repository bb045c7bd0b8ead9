namespace FaceAd.Web.Components.Pages.Admin.Sites;

/// <summary>Result of the consent dialog.</summary>
/// <param name="Reference">Reference to the consent; empty for none.</param>
/// <param name="Notice">The notice on its screens.</param>
/// <param name="Withdraw">Whether the consent is to be withdrawn instead.</param>
sealed record ConsentAnswer(string Reference, string Notice, bool Withdraw);
