using FaceAd.Core;
using Microsoft.Extensions.Logging.Console;

namespace FaceAd.Player;

/// <summary>
/// The console's log, for both programs, in which warnings and errors that repeat are counted by
/// <see cref="RepeatedLines{TKind, TLine}"/>. A kind is what is written at one place of the code; the same text with the same exception is
/// the same line.
/// </summary>
[ProviderAlias("Console")]
sealed class LimitedConsole : ILoggerProvider, ISupportExternalScope
{
    static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    readonly ConsoleLoggerProvider _console;
    readonly TimeProvider _time;
    readonly RepeatedLines<(string Category, LogLevel Level, string Template), Line> _lines = new(); // guarded by itself
    readonly ITimer _looking;

    public LimitedConsole(ConsoleLoggerProvider console, TimeProvider time)
    {
        (_console, _time) = (console, time);
        _looking = time.CreateTimer(_ => Tell(_time.GetElapsedTime(0)), null, Look, Look);
    }

    /// <summary>Puts it in the place of the console.</summary>
    /// <param name="logging">The program's logging.</param>
    public static void Use(ILoggingBuilder logging)
    {
        foreach (var plain in logging.Services.Where(s => s.ImplementationType == typeof(ConsoleLoggerProvider)).ToList())
            logging.Services.Remove(plain);
        logging.Services.AddSingleton<ConsoleLoggerProvider>();
        logging.Services.AddSingleton<ILoggerProvider>(services =>
            new LimitedConsole(services.GetRequiredService<ConsoleLoggerProvider>(), TimeProvider.System));
    }

    public ILogger CreateLogger(string categoryName) => new Limited(this, categoryName, _console.CreateLogger(categoryName));

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _console.SetScopeProvider(scopeProvider);

    // The program ends: what was left out until now is told.
    public void Dispose()
    {
        _looking.Dispose();
        Tell(TimeSpan.MaxValue);
    }

    bool Allows((string, LogLevel, string) kind, string text, Line line)
    {
        lock (_lines) return _lines.Allows(kind, text, line, _time.GetElapsedTime(0));
    }

    void Tell(TimeSpan now)
    {
        IReadOnlyList<(int Count, Line Last)> leftOut;
        lock (_lines) leftOut = _lines.End(now);
        foreach (var (count, last) in leftOut)
        {
            last.Log.Log(last.Level, last.Id, $"{count} more like this in the last minute, the last one: {last.Text}", null,
                static (text, _) => text);
        }
    }

    sealed class Limited(LimitedConsole limit, string category, ILogger console) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => console.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => console.IsEnabled(logLevel);

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Warning)
            {
                var text = formatter(state, exception);
                var kind = (category, logLevel, TemplateOf(state) ?? eventId.ToString());
                if (!limit.Allows(kind, $"{text} {exception}", new Line(console, logLevel, eventId, text))) return;
            }
            console.Log(logLevel, eventId, state, exception, formatter);
        }

        // As the framework passes it on, last of the values.
        static string? TemplateOf<TState>(TState state) =>
            state is IReadOnlyList<KeyValuePair<string, object?>> { Count: > 0 } values && values[^1] is { Key: "{OriginalFormat}" } last
                ? last.Value as string : null;
    }

    readonly record struct Line(ILogger Log, LogLevel Level, EventId Id, string Text);
}
