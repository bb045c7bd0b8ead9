using CsvHelper;

namespace FaceAd.Bench.Evaluation;

/// <summary>A label file cannot be used. The message gives the file, the line and what to do.</summary>
/// <param name="message">One sentence for the author of the file.</param>
sealed class LabelException(string message) : Exception(message);

/// <summary>Reads a CSV of labels row by row, and reports errors in one sentence. Column names ignore case and spaces.</summary>
sealed class LabelTable : IDisposable
{
    static readonly CsvReaderOptions Options = new()
    {
        TrimWhitespace = true,
        TrackLineNumbers = true,
        // A stray quote would swallow the rows that follow.
        AllowLineBreaksInQuotes = false,
        MalformedData = CsvMalformedDataHandling.Throw,
        MaxRecordSize = 1024 * 1024,
    };

    readonly string _path;
    readonly CsvReader _reader;

    /// <summary>Opens the file and reads the header.</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">The required columns.</param>
    /// <exception cref="LabelException">The file cannot be opened, is empty, or lacks a column.</exception>
    public LabelTable(string path, params IReadOnlyList<string> columns)
    {
        _path = path;
        _reader = Open(path);
        try
        {
            Try(() => _reader.ReadHeader());
            var missing = columns.Where(column => !_reader.TryGetFieldIndex(column, out _)).Select(column => $"\"{column}\"").ToList();
            if (_reader.Headers.Count == 0) throw Empty();
            if (missing.Count > 0)
                throw new LabelException(
                    $"{path}, line 1: column {string.Join(" and ", missing)} is missing. " +
                    $"Name {string.Join(", ", columns)} in the first line.");
        }
        catch
        {
            _reader.Dispose();
            throw;
        }
    }

    /// <summary>Line of the current row, from 1.</summary>
    public long Line => _reader.LineNumber;

    /// <summary>A trimmed value of the current row.</summary>
    /// <param name="column">Name of a required column.</param>
    /// <exception cref="LabelException">The row has no value in this column.</exception>
    public string this[string column]
    {
        get
        {
            var value = _reader.GetString(column);
            return string.IsNullOrWhiteSpace(value) ? throw Fault($"\"{column}\" is empty; fill it in, or remove the row") : value;
        }
    }

    /// <summary>An optional value of the current row.</summary>
    /// <param name="column">Name of a column.</param>
    /// <returns>The value; null when the file has no such column or the row has no value in it.</returns>
    public string? Optional(string column) =>
        _reader.TryGetFieldIndex(column, out var index) && index < _reader.FieldCount && _reader.GetString(index) is { } value
            && !string.IsNullOrWhiteSpace(value)
            ? value
            : null;

    /// <summary>Advances to the next row that is not empty.</summary>
    /// <returns>False at the end of the file.</returns>
    /// <exception cref="LabelException">The row is malformed.</exception>
    public bool Read()
    {
        var more = false;
        Try(() => more = _reader.Read());
        return more;
    }

    /// <summary>Creates an exception about the current row.</summary>
    /// <param name="what">The problem, and what to do.</param>
    public LabelException Fault(string what) => new($"{_path}, line {Line}: {what}.");

    /// <summary>Creates the exception for a file without rows.</summary>
    public LabelException Empty() => new($"{_path} has no rows. Give one picture per line, below a line with the column names.");

    public void Dispose() => _reader.Dispose();

    static CsvReader Open(string path)
    {
        try
        {
            return CsvReader.FromFile(path, Options);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LabelException($"{path} cannot be read: {e.Message}");
        }
    }

    void Try(Action read)
    {
        try
        {
            read();
        }
        catch (CsvFormatException e)
        {
            throw new LabelException(
                $"{_path}, line {e.LineNumber}: quotes are out of place or the line is too long. Quote whole values or none.");
        }
    }
}
