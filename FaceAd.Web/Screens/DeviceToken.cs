using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace FaceAd.Web.Screens;

/// <summary>The secret that authenticates a screen: 256 random bits, shown once, stored as a hash.</summary>
static class DeviceToken
{
    private const string Prefix = "fad_";

    /// <summary>Generates a new token, such as <c>fad_3q2-7w...</c>.</summary>
    public static string Generate() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>The SHA-256 that is stored. A token has 256 bits of entropy, so an unsalted hash cannot be reversed by guessing.</summary>
    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>The same hash in hexadecimal digits, as used for lookups.</summary>
    public static string HashText(string token) => Convert.ToHexString(Hash(token));
}
