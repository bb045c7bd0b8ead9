using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace FaceAd.Tests.Support.Watch;

/// <summary>
/// Refuses to open a connection or run a command synchronously for the product, and remembers who tried. A thread that waits for the
/// database is missing to those who are about to give their connections back. EF Core does so unasked where an expression holds a query
/// that names no row of the outer one. Tests themselves may wait: nobody waits for them.
/// </summary>
/// <param name="sparesTests">Whether tests may.</param>
internal sealed class SynchronousUse(bool sparesTests = true)
{
    private readonly ConcurrentQueue<string> _found = new();

    /// <summary>Interceptors for the options of a context.</summary>
    public IInterceptor[] Interceptors => [new Connections(this), new Commands(this)];

    /// <summary>Passes when nobody tried.</summary>
    /// <exception cref="InvalidOperationException">Somebody did; the message has the stack of each.</exception>
    public void Demand()
    {
        if (!_found.IsEmpty) throw new InvalidOperationException(string.Join("\n\n", _found.Distinct()));
    }

    private void Refuse(string what)
    {
        var stack = new StackTrace(fNeedFileInfo: true);
        if (sparesTests && IsOfATest(stack)) return;
        _found.Enqueue($"{what}, synchronously:\n{stack}");
        throw new InvalidOperationException($"{what}, synchronously.");
    }

    // Whose code, of ours, is nearest to the call.
    private static bool IsOfATest(StackTrace stack) =>
        stack.GetFrames().Select(f => f.GetMethod()?.DeclaringType)
            .FirstOrDefault(t => t?.FullName?.StartsWith("FaceAd.", StringComparison.Ordinal) == true
                && t != typeof(SynchronousUse) && t.DeclaringType != typeof(SynchronousUse))
            ?.Assembly == typeof(SynchronousUse).Assembly;

    private sealed class Connections(SynchronousUse use) : DbConnectionInterceptor
    {
        public override InterceptionResult ConnectionOpening(
            DbConnection connection, ConnectionEventData eventData, InterceptionResult result)
        {
            use.Refuse("A connection was opened");
            return result;
        }
    }

    private sealed class Commands(SynchronousUse use) : DbCommandInterceptor
    {
        public override InterceptionResult<DbDataReader> ReaderExecuting(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result)
        {
            Refuse(command);
            return result;
        }

        public override InterceptionResult<object> ScalarExecuting(
            DbCommand command, CommandEventData eventData, InterceptionResult<object> result)
        {
            Refuse(command);
            return result;
        }

        public override InterceptionResult<int> NonQueryExecuting(
            DbCommand command, CommandEventData eventData, InterceptionResult<int> result)
        {
            Refuse(command);
            return result;
        }

        private void Refuse(DbCommand command) => use.Refuse($"A command was run ({command.CommandText})");
    }
}
