namespace FaceAd.Inference;

/// <summary>Ends what several use, once it is closed and its last user has left. Thread-safe.</summary>
/// <param name="end">Called once.</param>
sealed class SharedUse(Action end)
{
    readonly Lock _lock = new();
    int _users;
    bool _closed;

    /// <summary>Begins a use; false when it is closed.</summary>
    public bool TryEnter()
    {
        lock (_lock)
        {
            if (_closed) return false;
            _users++;
            return true;
        }
    }

    /// <summary>Ends a use.</summary>
    public void Leave()
    {
        bool last;
        lock (_lock) last = --_users == 0 && _closed;
        if (last) end();
    }

    /// <summary>Lets nobody in any more.</summary>
    public void Close()
    {
        bool last;
        lock (_lock)
        {
            last = !_closed && _users == 0;
            _closed = true;
        }
        if (last) end();
    }
}
