// The copy buttons and the print button. They only press what is on the page; the page does the rest.
(() => {
  document.addEventListener('click', async event => {
    if (event.target.closest?.('[data-print]')) return print();
    const button = event.target.closest?.('[data-copy]');
    if (!button) return;
    const field = document.getElementById(button.dataset.copy);
    const text = field.value ?? field.textContent;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Without TLS the clipboard is closed to scripts, but for a selection.
      getSelection().selectAllChildren(field);
      document.execCommand('copy');
    }
    button.dataset.copied = 'true';
    setTimeout(() => delete button.dataset.copied, 2500);
  });
})();
