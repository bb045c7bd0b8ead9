using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Npgsql;

namespace FaceAd.Tests.Support;

/// <summary>Waits for what happens in its own time; past the limit the test fails and says what it waited for.</summary>
internal static class Wait
{
    /// <summary>The limit where a test sets none: enough for a busy machine.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(150);

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    /// <summary>Asks again and again until a condition holds.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="what">What is waited for, as a sentence.</param>
    /// <param name="limit">The limit.</param>
    public static Task UntilAsync(Func<bool> condition, string what, TimeSpan? limit = null) =>
        UntilAsync(() => Task.FromResult(condition()), what, limit);

    /// <summary>Asks again and again until a condition holds.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="what">What is waited for, as a sentence.</param>
    /// <param name="limit">The limit.</param>
    /// <param name="state">What there is instead, for the message.</param>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what, TimeSpan? limit = null, Func<Task<string>>? state = null)
    {
        var most = limit ?? Limit;
        var began = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(began) > most)
                throw new TimeoutException(
                    $"In {most.TotalSeconds} s it did not happen that {what}.{(state is null ? "" : " " + await state())}");
            await Task.Delay(Step);
        }
    }

    /// <summary>
    /// A condition that does not hold while there is no session of the database: it is restarting, or the session was ended.
    /// </summary>
    public static Func<Task<bool>> Connected(Func<Task<bool>> condition) => async () =>
    {
        try
        {
            return await condition();
        }
        catch (NpgsqlException)
        {
            return false;
        }
    };

    /// <summary>Returns when a session of a database waits for a lock.</summary>
    /// <param name="source">The database.</param>
    public static async Task UntilLockedAsync(NpgsqlDataSource source)
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'", connection);
        await UntilAsync(async () => (long)(await command.ExecuteScalarAsync())! > 0, "a session waits for a lock");
    }

    /// <summary>The next item of a channel.</summary>
    /// <param name="reader">The channel.</param>
    /// <param name="what">Its name, for the message.</param>
    public static Task<T> NextAsync<T>(ChannelReader<T> reader, [CallerArgumentExpression(nameof(reader))] string what = "") =>
        ForAsync(reader, _ => true, $"{what} has an item");

    /// <summary>The first item of a channel that is wanted; those before it are dropped.</summary>
    /// <param name="reader">The channel.</param>
    /// <param name="wanted">Whether an item is wanted.</param>
    /// <param name="what">What is waited for, as a sentence.</param>
    public static async Task<T> ForAsync<T>(ChannelReader<T> reader, Func<T, bool> wanted, string what)
    {
        using var patience = new CancellationTokenSource(Limit);
        try
        {
            while (true)
            {
                var item = await reader.ReadAsync(patience.Token);
                if (wanted(item)) return item;
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"In {Limit.TotalSeconds} s it did not happen that {what}.");
        }
    }
}
