// Searches whose state is in the address. They are plain GET forms, which work without a circuit and without this script; the script applies what is
// typed without a new page and leaves out what is empty. It listens on the document, so what is typed before the circuit is connected counts too.
(() => {
  const live = () => document.querySelector('[data-live=true]') && window.Blazor?.navigateTo
    && (document.documentElement.dataset.connection ?? 'offline') === 'offline'; // offline, a circuit waits
  const apply = event => {
    const form = event.target.closest?.('form[data-auto]');
    if (!form) return;
    event.preventDefault();
    const url = new URL(form.getAttribute('action'), document.baseURI);
    for (const [name, value] of new FormData(form)) if (value) url.searchParams.append(name, value);
    const to = url.pathname + url.search;
    if (live()) window.Blazor.navigateTo(to);
    else location.assign(to);
  };
  for (const kind of ['change', 'submit']) document.addEventListener(kind, apply);
  // Months and pages by the keyboard: the arrow keys press the links.
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.('input, textarea, select, [contenteditable]')) return;
    const link = document.querySelector({ ArrowLeft: 'a[data-key=left]', ArrowRight: 'a[data-key=right]' }[event.key] ?? '#none');
    if (!link) return;
    event.preventDefault();
    link.click();
  });
})();
