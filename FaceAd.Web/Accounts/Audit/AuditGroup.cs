using System.Collections.Frozen;
using System.Reflection;

namespace FaceAd.Web.Accounts.Audit;

/// <summary>What an <see cref="AuditVerb"/> is about.</summary>
enum AuditGroup
{
    /// <summary>Signing in and out.</summary>
    Access = 0,

    /// <summary>Campaigns, their creatives and reports.</summary>
    Campaigns = 1,

    /// <summary>Sites, their groups, and screens.</summary>
    Screens = 2,

    /// <summary>What may be measured, and what was erased.</summary>
    Privacy = 3,

    /// <summary>Somebody looked at something.</summary>
    Views = 4,

    /// <summary>Accounts, organisations and their links to other systems.</summary>
    Accounts = 5,
}

/// <summary>Says what a verb is about.</summary>
/// <param name="group">What.</param>
[AttributeUsage(AttributeTargets.Field)]
sealed class AboutAttribute(AuditGroup group) : Attribute
{
    private static readonly FrozenDictionary<AuditVerb, AuditGroup> Groups = Enum.GetValues<AuditVerb>().ToFrozenDictionary(
        verb => verb, verb => typeof(AuditVerb).GetField(verb.ToString())!.GetCustomAttribute<AboutAttribute>()!.Group);

    /// <summary>What.</summary>
    public AuditGroup Group { get; } = group;

    /// <summary>What a verb is about.</summary>
    /// <param name="verb">The verb.</param>
    public static AuditGroup GroupOf(AuditVerb verb) => Groups[verb];
}
