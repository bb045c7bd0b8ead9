// While a page cannot reach the server it says so, stays readable, keeps what is typed, and reconnects by itself. Blazor retries and reports to
// the dialog. A restarted server does not know the page any more; the page is then reloaded, unless that would lose input.
(() => {
  const root = document.documentElement;
  const circuits = { show: 'lost', retrying: 'lost', hide: 'up', failed: 'gone', rejected: 'gone', paused: 'gone', 'resume-failed': 'gone' };
  const started = new WeakMap(), typed = new Set(), missed = new Set();
  let notice = null, circuit = 'up', isLosing = false;

  const isText = field => field?.matches?.('input:not([type=hidden]), textarea, select');
  const value = field => /^(checkbox|radio)$/.test(field.type) ? field.checked : field.value;

  const isChanged = field => field.isConnected && value(field) !== started.get(field);
  // A page with an upload in progress asks before you leave it; ask as the browser would.
  const unsaved = () => [...typed].some(isChanged)
    || !window.dispatchEvent(new Event('beforeunload', { cancelable: true }));

  const answers = async () => {
    try { return (await fetch('healthz', { cache: 'no-store' })).ok; } catch { return false; }
  };

  const say = state => {
    if (state) root.dataset.connection = state;
    else delete root.dataset.connection;
    notice.open = Boolean(state); // show() would take the focus out of what is being typed
  };

  // Waits for the server to answer, then reloads, or offers to.
  const comeBack = async () => {
    say(unsaved() ? 'kept' : 'gone');
    while (!await answers()) await new Promise(done => { setTimeout(done, 2000); addEventListener('online', done, { once: true }); });
    if (unsaved()) say('back');
    else location.reload();
  };

  const look = () => {
    if (circuit === 'gone') return;
    say(circuit === 'lost' ? 'lost' : navigator.onLine ? null : 'offline');
    if (root.dataset.connection) return;
    // The server has not received what was typed in the meantime.
    for (const field of missed) if (field.isConnected) for (const kind of ['input', 'change']) field.dispatchEvent(new Event(kind, { bubbles: true }));
    missed.clear();
  };

  const changed = event => {
    if (circuit === 'gone') return;
    circuit = circuits[event.detail.state];
    if (circuit === 'gone') comeBack();
    else look();
  };

  const nudge = () => {
    notice.classList.remove('nudge');
    void notice.offsetWidth;
    notice.classList.add('nudge');
  };

  addEventListener('focusin', event => { if (isText(event.target) && !started.has(event.target)) started.set(event.target, value(event.target)); }, true);
  for (const kind of ['input', 'change']) addEventListener(kind, event => {
    if (!event.isTrusted || !isText(event.target)) return;
    if (!event.target.closest('form[data-auto]')) typed.add(event.target);
    if (circuit === 'up') return;
    missed.add(event.target);
    event.stopImmediatePropagation();
  }, true);
  addEventListener('submit', event => {
    if (event.target.closest('dialog')) return;
    if (circuit !== 'up') {
      event.preventDefault();
      event.stopImmediatePropagation();
      return nudge();
    }
    // Whoever signs out is asked as by any page that holds input. The server's own guard may not have heard of the last field yet.
    isLosing = event.target.matches('[data-sign-out]')
      && [...typed].some(field => isChanged(field) && field.closest('form:not([data-auto]), [data-input]'));
    for (const field of [...typed]) if (event.target.contains(field)) { typed.delete(field); started.delete(field); }
  }, true);
  // Added here, not with the submit: browsers do not ask a listener that is as new.
  addEventListener('beforeunload', event => {
    if (isLosing) event.preventDefault();
    isLosing = false;
  });
  // A click that would not reach the server is answered here.
  addEventListener('click', async event => {
    if (circuit === 'up' || event.target.closest?.('.connection, dialog')) return;
    const link = event.target.closest?.('a[href]');
    const button = event.target.closest?.('button, [role=button]');
    if (link && link.origin === location.origin && !link.hash && !link.download && link.target !== '_blank') {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (await answers()) location.assign(link.href);
      else nudge();
    } else if (button && !button.matches('[data-set-theme], [data-copy], [data-print], [data-menu]')) {
      event.preventDefault();
      event.stopImmediatePropagation();
      nudge();
    }
  }, true);
  document.addEventListener('click', event => {
    if (event.target.closest?.('[data-reload]')) location.reload();
  });
  document.addEventListener('DOMContentLoaded', () => {
    notice = document.getElementById('components-reconnect-modal');
    notice.addEventListener('components-reconnect-state-changed', changed);
    // Every two seconds, for as long as it takes: the library's own tries become rare, and end.
    window.Blazor?.start({ circuit: { reconnectionOptions: { maxRetries: Infinity, retryIntervalMilliseconds: tries => tries < 2 ? 500 : 2000 } } });
    for (const kind of ['online', 'offline']) addEventListener(kind, look);
    look();
  });
})();
