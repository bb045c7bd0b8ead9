namespace FaceAd.Web.Components.Pages.Admin;

/// <summary>What somebody wants of a building's consent and notice.</summary>
/// <param name="Reference">Where the consent stands; empty for none.</param>
/// <param name="Notice">The notice on its screens.</param>
/// <param name="Withdraw">Whether the consent is to be withdrawn instead.</param>
sealed record ConsentAnswer(string Reference, string Notice, bool Withdraw);
