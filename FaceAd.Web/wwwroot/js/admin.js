// Keys of the approval queue, the copy buttons and the print button. They only press what is on the page; the page does the rest.
(() => {
  const queue = () => document.querySelector('[data-queue]');
  const cards = () => [...document.querySelectorAll('[data-queue] [data-card]')];
  window.faceadQueue = {
    // After a step the card is gone: go on with the one that is first now.
    settle() { if (queue() && !document.activeElement?.closest('[data-card]')) cards()[0]?.focus(); },
  };
  document.addEventListener('keydown', event => {
    if (!queue() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest?.('input, textarea, select, video, .rz-dialog-wrapper, .rz-dialog')) return;
    const all = cards();
    const at = all.indexOf(document.activeElement?.closest('[data-card]'));
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const act = { KeyA: 'approve', KeyR: 'reject' }[event.code];
    if (move) {
      const next = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + move))];
      next?.focus();
      next?.scrollIntoView({ block: 'nearest' });
      event.preventDefault();
    } else if (act) {
      // Without a selected card the first press only selects: nobody decides on what they do not look at.
      if (at < 0) all[0]?.focus();
      else all[at].querySelector(`[data-do="${act}"]`)?.click();
      event.preventDefault();
    }
  });
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
