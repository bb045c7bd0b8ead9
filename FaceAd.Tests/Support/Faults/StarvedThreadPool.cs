namespace FaceAd.Tests.Support.Faults;

/// <summary>While it lives, the threads of the pool are nearly always busy.</summary>
internal sealed class StarvedThreadPool : IDisposable
{
    private readonly ManualResetEventSlim _over = new();
    private readonly CountdownEvent _busy;

    public StarvedThreadPool()
    {
        _busy = new CountdownEvent(4 * Environment.ProcessorCount);
        for (var i = 0; i < _busy.InitialCount; i++) ThreadPool.QueueUserWorkItem(_ => Block());
    }

    /// <summary>Gives the threads back.</summary>
    public void Dispose()
    {
        _over.Set();
        _busy.Wait();
        _busy.Dispose();
        _over.Dispose();
    }

    // Each lets others in between, so that nothing stops for good.
    private void Block()
    {
        if (_over.Wait(TimeSpan.FromMilliseconds(20))) _busy.Signal();
        else ThreadPool.QueueUserWorkItem(_ => Block());
    }
}
