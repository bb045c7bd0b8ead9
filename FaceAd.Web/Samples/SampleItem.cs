namespace FaceAd.Web.Samples;

/// <summary>
/// Marks an organisation, a user, a site or a creative of the house loop as made by the demonstration. What belongs to one of them, such as
/// campaigns and plays, is sample data too and has no mark of its own. A screen has one if no player serves it.
/// </summary>
sealed class SampleItem
{
    /// <summary>Identity of what is marked. The mark may come first.</summary>
    public required Guid Id { get; init; }
}
