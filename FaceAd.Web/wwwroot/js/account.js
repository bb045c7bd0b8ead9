// Signs an inactive user out, a minute after asking; activity in another tab counts. Also opens and closes the menu where it has no room beside the page.
(() => {
  window.faceadTheme?.mark();
  // Kept outside the frame, which is made anew when the circuit starts.
  const root = document.documentElement;
  const isOpen = () => root.hasAttribute('data-menu-open');
  const mark = () => document.querySelector('[data-menu]')?.setAttribute('aria-expanded', String(isOpen()));
  const open = wanted => {
    root.toggleAttribute('data-menu-open', wanted);
    mark();
  };
  new MutationObserver(mark).observe(document.body, { childList: true });
  document.addEventListener('click', event => {
    if (event.target.closest?.('[data-menu]')) open(!isOpen());
    else if (isOpen() && (!document.getElementById('panel')?.contains(event.target) || event.target.closest('a'))) open(false);
  });
  document.addEventListener('keydown', event => {
    if (event.key !== 'Escape' || !isOpen()) return;
    open(false);
    document.querySelector('[data-menu]').focus();
  });

  const dialog = document.getElementById('idle');
  if (!dialog) return;
  const key = 'facead.active', form = dialog.querySelector('form'), shown = dialog.querySelector('[data-left]');
  const idle = Number(dialog.dataset.idle) * 1000, warning = Number(dialog.dataset.warning) * 1000;
  const pingEvery = Math.min(60000, idle / 4);
  let here = Date.now(), noted = 0, pinged = Date.now(), gone = false;
  const latest = () => Math.max(here, Number(localStorage.getItem(key)) || 0);

  const alive = force => {
    const now = Date.now();
    // Once the question is shown, only an answer counts, not the mouse on its way to it.
    if (gone || (!force && (dialog.open || now - noted < 500))) return;
    if (!force && now - latest() >= idle) { tick(); return; } // the machine slept past the limit
    here = noted = now;
    localStorage.setItem(key, String(now));
    if (!force && now - pinged < pingEvery) return;
    pinged = now;
    fetch('account/alive', { method: 'POST' }).then(answer => { if (answer.status === 401) leave(false, ''); }).catch(() => { /* the server is away; the page says so */ });
  };

  // Return to this page after the next sign-in.
  const leave = async (tell, reason = 'error=idle&') => {
    if (gone) return;
    gone = true;
    if (tell) { try { await fetch(form.action, { method: 'POST', body: new FormData(form) }); } catch { /* its cookie ends by itself */ } }
    location.href = `/account/login?${reason}returnUrl=${encodeURIComponent(location.pathname + location.search)}`;
  };

  const tick = () => {
    const left = idle - (Date.now() - latest());
    if (left <= 0) leave(true);
    else if (left <= warning) {
      if (!dialog.open) dialog.showModal();
      shown.textContent = String(Math.ceil(left / 1000));
    } else if (dialog.open) dialog.close();
  };

  for (const kind of ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart', 'scroll'])
    addEventListener(kind, () => alive(false), { passive: true, capture: true });
  dialog.querySelector('[data-stay]').addEventListener('click', () => { alive(true); tick(); });
  dialog.addEventListener('cancel', event => { event.preventDefault(); alive(true); tick(); });
  form.addEventListener('submit', event => { event.preventDefault(); leave(true); });
  addEventListener('storage', event => { if (event.key === key) tick(); });
  document.addEventListener('visibilitychange', tick);
  localStorage.setItem(key, String(here));
  setInterval(tick, 1000);
})();
