using System.Threading.RateLimiting;

namespace FaceAd.Web.Accounts.Limits;

/// <summary>
/// One of <see cref="SharedLimits"/> for the server's rate limiter. What is too much for this node alone is refused without asking the
/// database, so a flood does not reach it.
/// </summary>
/// <param name="of">What is limited.</param>
/// <param name="who">Whose limit it is.</param>
/// <param name="rate">The limit.</param>
/// <param name="shared">The limits of all nodes.</param>
sealed class SharedLimiter(string of, string who, Rate rate, SharedLimits shared) : ReplenishingRateLimiter
{
    private readonly TokenBucketRateLimiter _here = new(new TokenBucketRateLimiterOptions
    {
        TokenLimit = rate.Most,
        TokensPerPeriod = 1,
        ReplenishmentPeriod = rate.Step,
        AutoReplenishment = false,
    });

    public override TimeSpan? IdleDuration => _here.IdleDuration;

    public override TimeSpan ReplenishmentPeriod => _here.ReplenishmentPeriod;

    public override bool IsAutoReplenishing => false;

    /// <summary>The limit of a client.</summary>
    public static RateLimitPartition<string> Of(HttpContext context, string of, string who, Rate rate)
    {
        var shared = context.RequestServices.GetRequiredService<SharedLimits>();
        return RateLimitPartition.Get(who, key => (RateLimiter)new SharedLimiter(of, key, rate, shared));
    }

    public override bool TryReplenish() => _here.TryReplenish();

    public override RateLimiterStatistics? GetStatistics() => _here.GetStatistics();

    // The database cannot be asked at once: whoever is refused here is asked for by AcquireAsync.
    protected override RateLimitLease AttemptAcquireCore(int permitCount) => new Refusal(rate.Step);

    protected override async ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken)
    {
        _here.TryReplenish();
        var lease = _here.AttemptAcquire(permitCount);
        if (!lease.IsAcquired || await shared.TakeAsync(of, who, rate, cancellationToken)) return lease;
        lease.Dispose();
        return new Refusal(rate.Step);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _here.Dispose();
        base.Dispose(disposing);
    }

    private sealed class Refusal(TimeSpan retryAfter) : RateLimitLease
    {
        public override bool IsAcquired => false;

        public override IEnumerable<string> MetadataNames => [MetadataName.RetryAfter.Name];

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            metadata = metadataName == MetadataName.RetryAfter.Name ? retryAfter : null;
            return metadata is not null;
        }
    }
}
