using FaceAd.Web.Hosting;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.SignalR;

namespace FaceAd.Web.Players;

/// <summary>
/// Logs calls of screens that failed, in place of SignalR, which writes a stack trace for each refused call: a screen that sends nonsense
/// would fill the disk. A refusal is told to the screen, and logged once an hour.
/// </summary>
sealed class ScreenHubFaults(TimeProvider time, ILogger<ScreenHub> log) : IHubFilter
{
    private readonly LogLimit<Guid> _refusals = new(log, time, most: 1, TimeSpan.FromHours(1));
    private readonly LogLimit<Type> _faults = new(log, time, most: 10, TimeSpan.FromHours(1));

    public async ValueTask<object?> InvokeMethodAsync(
        HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        try
        {
            return await next(invocationContext);
        }
        catch (HubException refusal)
        {
            var screen = invocationContext.Context.User.ScreenId() ?? Guid.Empty;
            if (_refusals.Allows(screen))
            {
                log.LogWarning("Screen {ScreenId} called {Method} and was refused: {Reason}",
                    screen, invocationContext.HubMethodName, refusal.Message);
            }
            throw;
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            if (_faults.Allows(fault.GetType())) log.LogError(fault, "A screen's call of {Method} failed", invocationContext.HubMethodName);
            throw;
        }
    }
}
