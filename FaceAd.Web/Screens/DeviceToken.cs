using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace FaceAd.Web.Screens;

/// <summary>The secret by which a screen proves who it is: 256 random bits, shown once, stored as a hash.</summary>
public static class DeviceToken
{
    private const string Prefix = "fad_";

    /// <summary>Makes a new token, such as <c>fad_3q2-7w...</c>.</summary>
    public static string Generate() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>The SHA-256 that is stored. A token has 256 bits of entropy, so a plain hash cannot be guessed backwards.</summary>
    /// <param name="token">The token.</param>
    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>The same hash in hexadecimal digits, as it is looked up.</summary>
    /// <param name="token">The token.</param>
    public static string HashText(string token) => Convert.ToHexString(Hash(token));
}
