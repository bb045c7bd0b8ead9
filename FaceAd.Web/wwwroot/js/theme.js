// Remembers light, dark or system, and applies it without a reload. Also watches the connection notice.
(() => {
  const sheets = { light: 'not all', dark: 'all', system: '(prefers-color-scheme: dark)' };
  const mark = () => {
    for (const button of document.querySelectorAll('[data-set-theme]'))
      button.setAttribute('aria-pressed', String(button.dataset.setTheme === document.documentElement.dataset.theme));
  };
  window.faceadTheme = { mark };
  const apply = choice => {
    document.documentElement.dataset.theme = choice;
    const sheet = document.getElementById('dark-sheet');
    if (sheet) sheet.media = sheets[choice];
    mark();
    window.dispatchEvent(new Event('facead-theme'));
  };
  document.addEventListener('click', event => {
    const button = event.target.closest?.('[data-set-theme]');
    if (!button) return;
    document.cookie = `facead.theme=${button.dataset.setTheme}; path=/; max-age=31536000; samesite=lax`;
    apply(button.dataset.setTheme);
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => window.dispatchEvent(new Event('facead-theme')));
  document.addEventListener('DOMContentLoaded', () => {
    const notice = document.getElementById('components-reconnect-modal');
    if (!notice) return;
    // A server that came back does not know the page any more: load it afresh as soon as it answers.
    new MutationObserver(async () => {
      if (!/components-reconnect-(failed|rejected)/.test(notice.className)) return;
      for (;;) {
        try { if ((await fetch('healthz', { cache: 'no-store' })).ok) { location.reload(); return; } } catch { /* not yet */ }
        await new Promise(done => setTimeout(done, 3000));
      }
    }).observe(notice, { attributes: true, attributeFilter: ['class'] });
  });
})();
