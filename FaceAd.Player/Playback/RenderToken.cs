using System.Security.Cryptography;
using System.Text;

namespace FaceAd.Player.Playback;

/// <summary>
/// Ties proof of play to the page that the player launched. That page's address holds a one-time token, which the first
/// page to present it spends. Every other page is a mirror.
/// </summary>
sealed class RenderToken
{
    readonly Lock _lock = new();
    byte[]? _token;

    /// <summary>Issues a new token and invalidates the previous one.</summary>
    public string Issue()
    {
        var token = RandomNumberGenerator.GetHexString(32, lowercase: true);
        lock (_lock) _token = Encoding.ASCII.GetBytes(token);
        return token;
    }

    /// <summary>Spends the token.</summary>
    /// <returns>True once per issued token.</returns>
    public bool TrySpend(string? token)
    {
        lock (_lock)
        {
            if (_token is null || token is null || !CryptographicOperations.FixedTimeEquals(_token, Encoding.UTF8.GetBytes(token)))
                return false;
            _token = null;
            return true;
        }
    }
}
