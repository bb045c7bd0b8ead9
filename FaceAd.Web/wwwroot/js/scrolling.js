// What scrolls sideways can be reached by the keyboard; a table that fits is not a tab stop.
(() => {
  const places = '.table-scroll, [data-scrolls]';
  const seen = new WeakSet();
  const name = element => (element.querySelector('caption')?.textContent || element.closest('section, .card')?.querySelector('h1, h2, h3')?.textContent || document.querySelector('h1')?.textContent || '').trim();
  const mark = element => {
    const scrolls = element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1;
    if (scrolls === (element.tabIndex === 0)) return;
    if (!scrolls) return ['tabindex', 'role', 'aria-label'].forEach(a => element.removeAttribute(a));
    element.tabIndex = 0;
    element.setAttribute('role', 'group'); // no landmark: a page may have many
    element.setAttribute('aria-label', name(element));
  };
  const sizes = new ResizeObserver(entries => { for (const { target } of entries) mark(target.matches(places) ? target : target.closest(places) ?? target); });
  const find = () => {
    for (const element of document.querySelectorAll(places)) {
      mark(element);
      if (seen.has(element)) continue;
      seen.add(element);
      sizes.observe(element);
      if (element.firstElementChild) sizes.observe(element.firstElementChild);
    }
  };
  let asked = false;
  const later = () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => { asked = false; find(); });
  };
  document.addEventListener('DOMContentLoaded', () => {
    find();
    new MutationObserver(later).observe(document.body, { childList: true, subtree: true });
  });
})();
