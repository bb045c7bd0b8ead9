// Remembers light, dark or system, and applies it without a reload.
(() => {
  const mark = () => {
    for (const button of document.querySelectorAll('[data-set-theme]'))
      button.setAttribute('aria-pressed', String(button.dataset.setTheme === document.documentElement.dataset.theme));
  };
  window.faceadTheme = { mark };
  const apply = choice => {
    document.documentElement.dataset.theme = choice;
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
})();
