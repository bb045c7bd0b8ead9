namespace FaceAd.Web.Accounts;

/// <summary>Settings of accounts, bound from <c>Accounts</c>.</summary>
sealed class AccountOptions
{
    /// <summary>Whether advertisers may sign up on their own; otherwise they need an invitation.</summary>
    public bool SignUp { get; set; } = true;

    /// <summary>Sessions end after this long without activity.</summary>
    public TimeSpan Idle { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>How long before the session ends a page shows a warning.</summary>
    public TimeSpan IdleWarning { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How often a session is checked against its account even without news of it: the longest that a removed account or a former role
    /// could stay effective on a node that does not hear of it.
    /// </summary>
    public TimeSpan Recheck { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Account forms that one client network may send per minute.</summary>
    public int PostsPerMinute { get; set; } = 30;

    /// <summary>
    /// Wrong passwords for one account from all networks together, after which browsers that are new to it are held up; also passwords and
    /// codes that one account may try per minute once it is signed in.
    /// </summary>
    public int TriesPerMinute { get; set; } = 20;

    /// <summary>Mails per address and hour.</summary>
    public int MailsPerHour { get; set; } = 5;

    /// <summary>Pages that one person may have open on a node; each takes about 0.8 MB there.</summary>
    public int PagesPerPerson { get; set; } = 100;

    /// <summary>Requests per minute by which pages without a session may connect from one address; connecting takes two.</summary>
    public int StrangersPerMinute { get; set; } = 60;

    /// <summary>How long a page without a session stays connected.</summary>
    public TimeSpan StrangersStay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Minimum response time of requests that depend on an address, so that timing does not reveal whether it has an account.
    /// </summary>
    public TimeSpan MinimumResponseTime { get; set; } = TimeSpan.FromMilliseconds(400);
}
