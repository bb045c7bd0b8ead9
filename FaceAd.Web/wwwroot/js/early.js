// A button that is pressed before its page is live would be lost without a word: it is pressed again once the page is. Buttons that scripts or
// forms answer need no live page.
(() => {
  const patience = 10000; // milliseconds; later nobody expects it any more
  const answered = '[type=submit], [popovertarget], [data-set-theme], [data-copy], [data-print], [data-menu]';
  const waits = () => document.querySelector('.shell[data-live=false]');
  // The live page is drawn anew: the same button is the one with the same name, at the same place among those of that name.
  const nameOf = button => [button.id, button.dataset.do, button.getAttribute('aria-label'), button.textContent.trim()].join('|');
  const named = name => [...document.querySelectorAll('.shell button')].filter(button => nameOf(button) === name);
  let pressed = null;

  const watch = new MutationObserver(() => {
    if (waits()) return;
    const button = named(pressed.name)[pressed.place];
    if (!button && performance.now() - pressed.at < patience) return; // drawn once its data is there
    watch.disconnect();
    if (!button || button.disabled) return;
    button.removeAttribute('aria-busy');
    button.focus();
    button.click();
  });

  addEventListener('click', event => {
    const button = event.target.closest?.('.shell button');
    if (!event.isTrusted || !button || button.matches(answered) || !waits()) return;
    const name = nameOf(button);
    pressed = { name, place: named(name).indexOf(button), at: performance.now() };
    button.setAttribute('aria-busy', 'true');
    watch.observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-live'] });
  });
})();
