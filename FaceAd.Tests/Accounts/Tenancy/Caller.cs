namespace FaceAd.Tests.Accounts.Tenancy;

/// <summary>Who calls.</summary>
[Flags]
enum Caller
{
    None = 0,
    Anonymous = 1,
    Screen = 2,
    OtherAnalyst = 4,
    OtherMember = 8,
    OtherOwner = 16,
    Analyst = 32,
    Member = 64,
    Owner = 128,
    MediaAnalyst = 256,
    Admin = 512,
    Token = 1024,
    Everybody = 2047,
}
