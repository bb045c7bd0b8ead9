namespace FaceAd.Web.Accounts;

/// <summary>By what members are sorted.</summary>
enum MemberOrder
{
    Name,
    Email,
    Role,
    TwoFactor,
}

/// <summary>Which members of an organisation to list.</summary>
sealed record MemberQuery
{
    /// <summary>The most members of one answer.</summary>
    public const int Most = 100;

    /// <summary>Part of the name or address; null or blank for all.</summary>
    public string? Text { get; init; }

    /// <summary>One of <see cref="Roles"/>; null for all.</summary>
    public string? Role { get; init; }

    /// <summary>By what they are sorted; then by address.</summary>
    public MemberOrder Order { get; init; }

    /// <summary>Whether the last come first.</summary>
    public bool Descending { get; init; }

    /// <summary>How many are left out at first, at least 0.</summary>
    public int Skip { get; init; }

    /// <summary>How many at most, of at most <see cref="Most"/>.</summary>
    public int Take { get; init; } = Most;
}
