using System.Text.Json;
using FaceAd.Core;

namespace FaceAd.Player;

/// <summary>
/// The latest programme from the server. It is kept on disk, so that a player that restarts without a network can still play
/// the house loop.
/// </summary>
sealed class ProgrammeStore
{
    readonly string _path;
    readonly ILogger<ProgrammeStore> _log;
    readonly Lock _lock = new();
    Action<ScreenProgramme>? _changed;

    public ProgrammeStore(PlayerSettings settings, ILogger<ProgrammeStore> log)
    {
        _path = Path.Combine(settings.DataFolder, "programme.json");
        _log = log;
        Current = Read();
    }

    /// <summary>The latest programme; null when the server has never sent one.</summary>
    public ScreenProgramme? Current { get; private set; }

    /// <summary>Calls back with the current programme, if any, and with every later one, in order.</summary>
    public void Subscribe(Action<ScreenProgramme> changed)
    {
        lock (_lock)
        {
            _changed += changed;
            if (Current is not null) changed(Current);
        }
    }

    public void Replace(ScreenProgramme programme)
    {
        lock (_lock)
        {
            Current = programme;
            try
            {
                DurableFile.Write(_path, JsonSerializer.SerializeToUtf8Bytes(programme));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _log.LogWarning("The programme could not be saved to disk: {Reason}", e.Message);
            }
            _changed?.Invoke(programme);
        }
    }

    ScreenProgramme? Read()
    {
        try
        {
            return File.Exists(_path) ? JsonSerializer.Deserialize<ScreenProgramme>(File.ReadAllBytes(_path)) : null;
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            _log.LogWarning("The saved programme cannot be read and is ignored: {Reason}", e.Message);
            return null;
        }
    }
}
