using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace FaceAd.Tests.Support;

/// <summary>Keeps what the app logs, so that a test can show or forbid it.</summary>
/// <param name="least">The least level that is kept.</param>
public sealed class Complaints(LogLevel least = LogLevel.Warning) : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _lines = new();

    /// <summary>The lines so far.</summary>
    public IReadOnlyCollection<string> Lines => _lines;

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Log(categoryName, least, _lines);

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private sealed class Log(string category, LogLevel least, ConcurrentQueue<string> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= least;

        void ILogger.Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) lines.Enqueue($"{logLevel} {category}: {formatter(state, exception)} {exception}");
        }
    }
}
