namespace FaceAd.Web.Reports.Mailing;

/// <summary>What became of a wish to mail reports to someone.</summary>
enum MailingAnswer
{
    /// <summary>They get reports from now on.</summary>
    Added = 0,

    /// <summary>An address outside was asked by mail.</summary>
    Asked = 1,

    /// <summary>Not a mail address, nobody, or neither weekly nor at the end.</summary>
    Invalid = 2,

    /// <summary>There are as many recipients as may be.</summary>
    Full = 3,

    /// <summary>The address has unsubscribed or declined, and is not asked again.</summary>
    Declined = 4,

    /// <summary>The address was sent too many mails; later.</summary>
    Busy = 5,

    /// <summary>The user may not do this.</summary>
    Denied = 6,
}
