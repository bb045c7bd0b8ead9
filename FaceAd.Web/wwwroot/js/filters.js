// Filters whose state is in the address. They are plain GET forms, which work without a circuit and without this script; the script applies a choice
// at once and leaves out what is empty or as it would be anyway. It listens on the document, so a choice made before the circuit is connected counts too.
(() => {
  const live = () => document.querySelector('[data-live=true]') && window.Blazor?.navigateTo
    && (document.documentElement.dataset.connection ?? 'offline') === 'offline'; // offline, a circuit waits
  const apply = form => {
    const url = new URL(form.getAttribute('action') || location.pathname, document.baseURI);
    const asked = new URLSearchParams(location.search);
    for (const [name, value] of new FormData(form)) {
      const standard = form.elements.namedItem(name)?.dataset?.standard;
      if (value && (value !== standard || asked.has(name))) url.searchParams.append(name, value);
    }
    const to = url.pathname + url.search;
    if (live()) window.Blazor.navigateTo(to);
    else location.assign(to);
  };
  document.addEventListener('change', event => {
    const field = event.target;
    const form = field.closest?.('form[data-auto]');
    if (!form) return;
    // A screen goes with its building; an end before the start moves the start, and the other way round.
    for (const name of (field.dataset.clears ?? '').split(' ').filter(Boolean)) {
      const other = form.elements.namedItem(name);
      if (other) other.value = '';
    }
    const { from, to } = form.elements;
    if (from?.value && to?.value && from.value > to.value) {
      if (field === from) to.value = from.value;
      else from.value = to.value;
    }
    apply(form);
  });
  document.addEventListener('submit', event => {
    const form = event.target.closest?.('form[data-auto]');
    if (!form) return;
    event.preventDefault();
    apply(form);
  });
  // Months and pages by the keyboard: the arrow keys press the links.
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.('input, textarea, select, [contenteditable]')) return;
    const link = document.querySelector({ ArrowLeft: 'a[data-key=left]', ArrowRight: 'a[data-key=right]' }[event.key] ?? '#none');
    if (!link) return;
    event.preventDefault();
    link.click();
  });
})();
