// A button that is pressed before its page is live would be lost without a word: it is pressed again once the page is. Buttons that scripts or
// forms answer need no live page.
(() => {
  const patience = 10000; // milliseconds; later nobody expects it any more
  const answered = '[type=submit], [popovertarget], [data-set-theme], [data-copy], [data-print], [data-menu]';
  const waits = () => document.querySelector('.shell[data-live=false]');
  // The live page is drawn anew: the same button is the one with the same name, at the same place among as many of that name.
  const nameOf = button => [button.id, button.dataset.do, button.getAttribute('aria-label'), button.textContent.trim()].join('|');
  const named = name => [...document.querySelectorAll('.shell button')].filter(button => nameOf(button) === name);
  let pressed = null;

  const watch = new MutationObserver(() => {
    if (waits()) return;
    const isLate = performance.now() - pressed.at > patience;
    const found = isLate ? [] : named(pressed.name);
    if (!found.length && !isLate) return; // drawn once its data is there
    watch.disconnect();
    const button = found.length === pressed.among ? found[pressed.place] : null;
    if (!button || button.disabled) return;
    button.removeAttribute('aria-busy');
    button.click();
  });

  addEventListener('click', event => {
    const button = event.target.closest?.('.shell button');
    if (!event.isTrusted || !button || button.matches(answered) || !waits()) return;
    const name = nameOf(button), among = named(name);
    pressed = { name, place: among.indexOf(button), among: among.length, at: performance.now() };
    button.setAttribute('aria-busy', 'true');
    watch.observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-live'] });
  });
})();
