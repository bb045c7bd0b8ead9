// What a page does while it cannot reach the server: it says so and stays readable, keeps what is typed, tries again, and comes back by itself. A server
// that was restarted does not know the page any more; then it is loaded afresh, unless that would lose something.
(() => {
  const root = document.documentElement;
  let notice = null, waiting = false;
  const started = new WeakMap(), typed = new Set(), missed = new Set();

  const has = state => notice?.classList.contains(`components-reconnect-${state}`);
  const isGone = () => has('failed') || has('rejected');
  const isLost = () => has('show') || isGone();
  const isText = field => field?.matches?.('input:not([type=hidden]), textarea, select');
  const value = field => /^(checkbox|radio)$/.test(field.type) ? field.checked : field.value;

  // A film on its way asks to stay when one leaves the page; ask it as the browser would.
  const unsaved = () => [...typed].some(field => field.isConnected && value(field) !== started.get(field))
    || !window.dispatchEvent(new Event('beforeunload', { cancelable: true }));

  const answers = async () => {
    try { return (await fetch('healthz', { cache: 'no-store' })).ok; } catch { return false; }
  };

  // Waits for the server to answer, then starts afresh, or says that it could.
  const comeBack = async () => {
    if (waiting) return;
    waiting = true;
    while (isGone()) {
      if (await answers()) {
        if (!unsaved()) return location.reload();
        root.dataset.connection = 'back';
        return;
      }
      await new Promise(done => { setTimeout(done, 2000); addEventListener('online', done, { once: true }); });
    }
    waiting = false;
  };

  const look = () => {
    const before = root.dataset.connection;
    if (isGone()) {
      if (before !== 'back') root.dataset.connection = unsaved() ? 'kept' : 'gone';
      comeBack();
    } else if (isLost()) root.dataset.connection = 'lost';
    else if (!navigator.onLine) root.dataset.connection = 'offline';
    else {
      delete root.dataset.connection;
      // What was typed meanwhile, the server has not heard.
      for (const field of missed) if (field.isConnected) for (const kind of ['input', 'change']) field.dispatchEvent(new Event(kind, { bubbles: true }));
      missed.clear();
    }
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
    if (!isLost()) return;
    missed.add(event.target);
    event.stopImmediatePropagation();
  }, true);
  addEventListener('submit', event => {
    if (event.target.closest('dialog')) return;
    if (isLost()) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return nudge();
    }
    for (const field of [...typed]) if (event.target.contains(field)) { typed.delete(field); started.delete(field); }
  }, true);
  // A press that nobody would hear is answered here.
  addEventListener('click', async event => {
    if (!isLost() || event.target.closest?.('.connection, dialog')) return;
    const link = event.target.closest?.('a[href]');
    const button = event.target.closest?.('button, [role=button]');
    if (link && link.origin === location.origin && !link.hash && !link.download && link.target !== '_blank') {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (await answers()) location.assign(link.href);
      else nudge();
    } else if (button && !button.matches('[data-set-theme], [data-copy], [data-print]')) {
      event.preventDefault();
      event.stopImmediatePropagation();
      nudge();
    }
  }, true);
  document.addEventListener('click', event => {
    if (event.target.closest?.('[data-reload]')) location.reload();
  });
  addEventListener('online', look);
  addEventListener('offline', look);
  document.addEventListener('DOMContentLoaded', () => {
    notice = document.getElementById('components-reconnect-modal');
    // Every two seconds, for as long as it takes: the library's own tries become rare, and end.
    window.Blazor?.start({ circuit: { reconnectionOptions: { maxRetries: Infinity, retryIntervalMilliseconds: tries => tries < 2 ? 500 : 2000 } } });
    if (!notice) return;
    new MutationObserver(look).observe(notice, { attributes: true, attributeFilter: ['class'] });
    if (!navigator.onLine) look();
  });
})();
