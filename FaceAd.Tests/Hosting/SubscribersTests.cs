using FaceAd.Web.Data;
using FaceAd.Web.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAd.Tests.Hosting;

public sealed class SubscribersTests
{
    private readonly Subscribers<int> _subscribers = new(nameof(SubscribersTests), NullLogger.Instance);

    [Fact]
    public void Tell_OneCallbackFails_TheOthersRunAndTheFailureIsCounted()
    {
        List<int> heard = [];
        var failed = 0L;
        using var meters = new System.Diagnostics.Metrics.MeterListener();
        meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "facead.reactions.failed") listener.EnableMeasurementEvents(instrument);
        };
        meters.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            if (tags[0].Value is nameof(SubscribersTests)) failed += count;
        });
        meters.Start();
        using var one = _subscribers.Add(heard.Add);
        using var two = _subscribers.Add(_ => throw new InvalidOperationException());
        using var three = _subscribers.Add(n => heard.Add(-n));
        _subscribers.Tell(7);
        Assert.Equal([7, -7], heard);
        Assert.Equal(1, failed);
    }

    [Fact]
    public void Dispose_Twice_RemovesOneCallbackOnly()
    {
        List<int> heard = [];
        var same = heard.Add;
        var one = _subscribers.Add(same);
        using var two = _subscribers.Add(same);
        one.Dispose();
        one.Dispose();
        _subscribers.Tell(7);
        Assert.Equal([7], heard);
    }

    [Fact]
    public void Tell_CallbackRemovesItself_RunsOnce()
    {
        var heard = 0;
        IDisposable? subscription = null;
        subscription = _subscribers.Add(_ =>
        {
            heard++;
            subscription!.Dispose();
        });
        _subscribers.Tell(1);
        _subscribers.Tell(2);
        Assert.Equal(1, heard);
    }
}
