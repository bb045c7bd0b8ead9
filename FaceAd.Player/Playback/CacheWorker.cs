using System.Threading.Channels;
using FaceAd.Core;

namespace FaceAd.Player.Playback;

/// <summary>
/// Downloads the programme's creatives into the cache, house loop first, and removes those no longer needed; then checks at leisure what it
/// had before.
/// </summary>
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
            var done = false;
            // A newer programme supersedes an older one.
            while (!done && !_programmes.Reader.TryPeek(out _))
            {
                if (await RunCycleAsync(programme, stoppingToken))
                    await UntilNewerAsync(async newer => done = await AreIntactAsync(programme, newer), stoppingToken);
                else await UntilNewerAsync(backoff.WaitAsync, stoppingToken);
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
            if (cache.Has(creative)) ready.Add(creative.CreativeId);
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
        var used = creatives.Select(c => c.Sha256).Concat(await playback.HashesInUseAsync()).ToHashSet();
        try
        {
            var removed = cache.RemoveAllBut(used);
            if (removed > 0) log.LogInformation("{Count} creatives were removed from the cache.", removed);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) // a disk that went read-only: what is there still plays
        {
            log.LogWarning("Old creatives cannot be removed from the cache: {Reason}", e.Message);
        }
        return problem is null;
    }

    async Task<bool> AreIntactAsync(ScreenProgramme programme, CancellationToken cancellation)
    {
        foreach (var creative in programme.Creatives.Where(c => CreativeCache.IsHash(c.Sha256)))
        {
            if (await cache.IsIntactAsync(creative, cancellation)) continue;
            log.LogWarning(
                "Creative {CreativeId} ({Name}) was damaged on disk and is downloaded again.", creative.CreativeId, creative.Name);
            return false;
        }
        return true;
    }

    // Does something until it is done or a newer programme comes.
    async Task UntilNewerAsync(Func<CancellationToken, Task> work, CancellationToken cancellation)
    {
        using var newer = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var working = work(newer.Token);
        await Task.WhenAny(working, _programmes.Reader.WaitToReadAsync(newer.Token).AsTask());
        await newer.CancelAsync();
        try
        {
            await working;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // The newer programme comes first.
        }
    }

    void Tell(HashSet<Guid> ready, string? problem)
    {
        status.Cache = new(ready.Count, problem);
        playback.Ready(ready.ToHashSet());
    }
}
