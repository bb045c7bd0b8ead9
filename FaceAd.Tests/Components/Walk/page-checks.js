// What every page must keep to, beyond axe. Each function returns lines that say what is wrong; none when all is well.
(() => {
  const name = element => {
    const id = element.id ? '#' + element.id : '';
    const hook = [...element.attributes].find(a => a.name.startsWith('data-') && a.name !== 'data-live');
    const css = [...element.classList].slice(0, 2).map(c => '.' + c).join('');
    const parent = element.parentElement?.className && typeof element.parentElement.className === 'string' ? `.${element.parentElement.className.split(' ')[0]} > ` : '';
    return `${id ? '' : parent}${element.localName}${id || css}${hook ? `[${hook.name}${hook.value ? `="${hook.value.slice(0, 40)}"` : ''}]` : ''}`;
  };
  const shown = element => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && element.getBoundingClientRect().width > 1 && !element.closest('.visually-hidden');

  window.pageChecks = {
    // One title, the right language, no key in a word's place, nothing cut off.
    rules(language, prefixes) {
      const wrong = [];
      const titles = [...document.querySelectorAll('h1')].filter(shown);
      if (titles.length !== 1) wrong.push(`h1: ${titles.length} of them`);
      if (document.documentElement.lang !== language) wrong.push(`lang: "${document.documentElement.lang}"`);
      if (!document.title.trim() || document.title === 'FaceAd') wrong.push(`title: "${document.title}"`);
      const key = new RegExp(`(^|[\\s"(])(${prefixes.join('|')})\\.[A-Z][A-Za-z]*(\\.|\\b)`);
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode())
        if (!['SCRIPT', 'STYLE', 'CODE'].includes(node.parentElement.tagName) && key.test(node.data)) wrong.push(`key: ${node.data.trim()}`);
      for (const element of document.querySelectorAll('[aria-label], [title], [placeholder], [alt]'))
        for (const attribute of ['aria-label', 'title', 'placeholder', 'alt'])
          if (key.test(element.getAttribute(attribute) ?? '')) wrong.push(`key: ${attribute} of ${name(element)}`);
      for (const element of document.querySelectorAll('body *')) {
        if (element.scrollWidth <= element.clientWidth + 1 || element.clientWidth === 0) continue;
        const style = getComputedStyle(element);
        if (!['hidden', 'clip'].includes(style.overflowX) || style.display === 'inline' || !shown(element)) continue;
        if (![...element.childNodes].some(n => n.nodeType === 3 && n.data.trim()) && !element.matches('input, select')) continue;
        if (style.textOverflow === 'ellipsis' && element.closest('[title]')) continue;
        wrong.push(`clipped: ${name(element)} "${element.textContent.trim().slice(0, 40)}" ${element.scrollWidth} > ${element.clientWidth}`);
      }
      return [...new Set(wrong)];
    },
    async sideways() {
      // Charts follow a new width a moment later.
      const excess = () => document.documentElement.scrollWidth - innerWidth;
      for (const end = performance.now() + 2000; excess() > 0 && performance.now() < end;) await new Promise(requestAnimationFrame);
      if (excess() <= 0) return [];
      const widest = [...document.querySelectorAll('body *')].filter(e => shown(e) && e.getBoundingClientRect().right > innerWidth + 1).slice(-3).map(name);
      return [`sideways: ${excess()} px at ${innerWidth}: ${widest.join(', ')}`];
    },
    // Whatever the keyboard reaches shows that it is there. The mark may stand on the thing itself or on what wraps it.
    focus(most) {
      const wrong = [];
      const all = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, video[controls], [tabindex="0"]')].filter(e => !e.disabled && e.tabIndex >= 0 && e.type !== 'hidden' && e.checkVisibility());
      document.activeElement?.blur();
      const step = Math.max(1, all.length / most);
      const look = element => [element, element.nextElementSibling, element.parentElement, element.closest('label')].filter(Boolean)
        .flatMap(e => [getComputedStyle(e), getComputedStyle(e, '::after')]).map(s => [s.outlineStyle, s.outlineWidth, s.outlineColor, s.boxShadow, s.borderColor, s.top].join()).join('|');
      for (let i = 0; i < all.length; i += step) {
        const element = all[Math.floor(i)];
        const before = look(element);
        element.focus({ preventScroll: true });
        if (document.activeElement !== element) continue;
        if (look(element) === before) wrong.push(`focus: nothing shows it on ${name(element)}`);
        element.blur();
      }
      return [...new Set(wrong)];
    },
    // What a page has yet to do before it can be looked at; null when it is ready.
    waits(alive) {
      if (document.readyState !== 'complete') return document.readyState;
      if (alive && document.querySelector('.shell[data-live=false]')) return 'its circuit';
      const busy = document.querySelector('.skeleton, [aria-busy=true]');
      return busy && name(busy) + ' in ' + name(busy.parentElement);
    },
    // As the theme's buttons do.
    theme(choice) {
      document.documentElement.dataset.theme = choice;
      dispatchEvent(new Event('facead-theme'));
    },
    async axe(within, rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']) {
      const result = await axe.run(within ?? document, {
        runOnly: rules,
        resultTypes: ['violations'], iframes: false, preload: false,
      });
      return result.violations.flatMap(v =>
        v.nodes.slice(0, 4).map(n => `${v.impact}: ${v.id}: ${n.target.join(' ')}: ${(n.failureSummary ?? v.help).replaceAll(/\s+/g, ' ').slice(0, 260)}${v.nodes.length > 4 ? ` (${v.nodes.length} of them)` : ''}`));
    },
  };
})();
