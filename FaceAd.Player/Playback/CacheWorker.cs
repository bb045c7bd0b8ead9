using System.Threading.Channels;
using FaceAd.Core;

namespace FaceAd.Player.Playback;

/// <summary>Downloads the programme's creatives into the cache, house loop first, and removes those no longer needed.</summary>
sealed class CacheWorker(
    CreativeCache cache, ProgrammeStore programmes, PlaybackWorker playback, PlayerStatus status, IHttpClientFactory clients,
    TimeProvider time, ILogger<CacheWorker> log) : BackgroundService
{
    readonly HashSet<Guid> _complained = [];
    readonly Channel<ScreenProgramme> _programmes =
        Channel.CreateBounded<ScreenProgramme>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        programmes.Subscribe(programme => _programmes.Writer.TryWrite(programme));
        var backoff = new Backoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), time);
        while (true)
        {
            var programme = await _programmes.Reader.ReadAsync(stoppingToken);
            backoff.Reset();
            // A newer programme supersedes an older one.
            while (!await RunCycleAsync(programme, stoppingToken) && !_programmes.Reader.TryPeek(out _))
            {
                using var wait = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                await Task.WhenAny(backoff.WaitAsync(wait.Token), _programmes.Reader.WaitToReadAsync(wait.Token).AsTask());
                await wait.CancelAsync();
                stoppingToken.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>Downloads missing creatives, one at a time.</summary>
    /// <returns>Whether the cache is complete.</returns>
    internal async Task<bool> RunCycleAsync(ScreenProgramme programme, CancellationToken cancellation)
    {
        var ready = new HashSet<Guid>();
        var house = programme.HouseLoop.ToHashSet();
        var creatives = programme.Creatives.Where(c => CreativeCache.IsHash(c.Sha256))
            .OrderByDescending(c => house.Contains(c.CreativeId)).ToList();
        var missing = new List<CreativeFile>();
        foreach (var creative in creatives)
        {
            if (await cache.HasAsync(creative, cancellation)) ready.Add(creative.CreativeId);
            else missing.Add(creative);
        }
        Tell(ready, null);

        string? problem = null;
        foreach (var creative in missing)
        {
            try
            {
                using var client = clients.CreateClient(ServerClient.Name);
                await cache.FetchAsync(creative, client, cancellation);
                log.LogInformation(
                    "Creative {CreativeId} ({Name}) is in the cache, {Bytes} bytes.", creative.CreativeId, creative.Name, creative.Bytes);
                ready.Add(creative.CreativeId);
                _complained.Remove(creative.CreativeId);
                Tell(ready, problem);
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested) // one failed download must not stop the others
            {
                problem = $"Creative \"{creative.Name}\" cannot be downloaded: {e.Message}";
                // Once per creative, not once per try.
                log.Log(_complained.Add(creative.CreativeId) ? LogLevel.Warning : LogLevel.Debug,
                    "Creative {CreativeId} ({Name}) cannot be downloaded: {Reason}", creative.CreativeId, creative.Name, e.Message);
                Tell(ready, problem);
            }
            if (_programmes.Reader.TryPeek(out _)) return false;
        }
        var removed = cache.RemoveAllBut(creatives.Select(c => c.Sha256).Concat(await playback.HashesInUseAsync()).ToHashSet());
        if (removed > 0) log.LogInformation("{Count} creatives were removed from the cache.", removed);
        return problem is null;
    }

    void Tell(HashSet<Guid> ready, string? problem)
    {
        status.Cache = new(ready.Count, problem);
        playback.Ready(ready.ToHashSet());
    }
}
