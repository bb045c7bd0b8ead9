// Keys of the approval queue. They only press what is on the page; the page does the rest. A field, a video or a dialog keeps its own keys.
(() => {
  const review = () => document.querySelector('[data-review]');
  const find = what => review()?.querySelector(what);
  const items = () => [...document.querySelectorAll('[data-review] [data-item]')];
  window.faceadReview = {
    // After a step the item is gone: go on with the one that is shown now.
    settle() { find('[aria-current=true]')?.focus(); },
    missing() { find('[data-check]:not(:checked)')?.focus(); },
  };
  document.addEventListener('keydown', event => {
    if (!review() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    const on = event.target;
    if (on.closest?.('input:not([type=checkbox]), textarea, select, video, .mud-dialog-container, [contenteditable]')) return;
    const all = items();
    const at = all.findIndex(item => item.getAttribute('aria-current') === 'true');
    const move = { KeyJ: 1, ArrowDown: 1, KeyK: -1, ArrowUp: -1 }[event.code];
    const check = /^(Digit|Numpad)([1-9])$/.exec(event.code)?.[2];
    const press = { KeyA: '[data-do=approve]', KeyR: '[data-do=reject]' }[event.code];
    if (move) {
      const next = all[Math.min(all.length - 1, Math.max(0, at + move))];
      next?.click();
      next?.focus();
      next?.scrollIntoView({ block: 'nearest' });
    } else if (check) {
      const box = find(`[data-check="${check}"]`);
      if (!box) return;
      box.click();
      box.focus();
    } else if (press) {
      find(press)?.click();
    } else if (event.code === 'KeyC') {
      find('textarea[name=comment]')?.focus();
    } else if (event.code === 'KeyP') {
      const videos = [...document.querySelectorAll('[data-review] [data-preview] video')];
      const playing = videos.some(video => !video.paused);
      for (const video of videos) { if (playing) video.pause(); else video.play().catch(() => {}); }
    } else return;
    event.preventDefault();
  });
})();
