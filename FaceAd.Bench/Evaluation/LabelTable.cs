using CsvHelper;

namespace FaceAd.Bench.Evaluation;

/// <summary>A file of labels that cannot be used. The message names file, line and what to do.</summary>
/// <param name="message">One sentence for the person who made the file.</param>
sealed class LabelException(string message) : Exception(message);

/// <summary>Reads a CSV of labels row by row, and says in one sentence what is wrong with it. Column names ignore case and blanks.</summary>
sealed class LabelTable : IDisposable
{
    static readonly CsvReaderOptions Options = new()
    {
        TrimWhitespace = true,
        TrackLineNumbers = true,
        // A stray quote would swallow the rows after it.
        AllowLineBreaksInQuotes = false,
        MalformedData = CsvMalformedDataHandling.Throw,
        MaxRecordSize = 1024 * 1024,
    };

    readonly string _path;
    readonly CsvReader _reader;

    /// <summary>Opens the file and reads its header.</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">The columns that it must have.</param>
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
                throw new LabelException($"{path}, line 1: column {string.Join(" and ", missing)} is missing; name {string.Join(", ", columns)} in the first line.");
        }
        catch
        {
            _reader.Dispose();
            throw;
        }
    }

    /// <summary>Line of the current row, from 1.</summary>
    public long Line => _reader.LineNumber;

    /// <summary>A value of the current row, without blanks around it.</summary>
    /// <param name="column">Name of a column that the file must have.</param>
    /// <exception cref="LabelException">The row ends before this column, or has nothing there.</exception>
    public string this[string column]
    {
        get
        {
            var value = _reader.GetString(column);
            return string.IsNullOrWhiteSpace(value) ? throw Fault($"\"{column}\" is empty; fill it in, or remove the row") : value;
        }
    }

    /// <summary>A value of the current row that need not be there.</summary>
    /// <param name="column">Name of a column.</param>
    /// <returns>Null when the file has no such column, the row ends before it, or has nothing there.</returns>
    public string? Optional(string column) =>
        _reader.TryGetFieldIndex(column, out var index) && index < _reader.FieldCount && _reader.GetString(index) is { } value && !string.IsNullOrWhiteSpace(value)
            ? value
            : null;

    /// <summary>Goes to the next row that is not empty.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="LabelException">The row is damaged.</exception>
    public bool Read()
    {
        var more = false;
        Try(() => more = _reader.Read());
        return more;
    }

    /// <summary>What to throw about the current row.</summary>
    /// <param name="what">What is wrong, and what to do.</param>
    public LabelException Fault(string what) => new($"{_path}, line {Line}: {what}.");

    /// <summary>What to throw when there are no rows.</summary>
    public LabelException Empty() => new($"{_path} has no rows; name one picture a line, under a line with the names of the columns.");

    /// <inheritdoc />
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
                $"{_path}, line {e.LineNumber}: quotes are out of place or the line is too long; put quotes around a whole value, or nowhere.");
        }
    }
}
