// Uploads to the server, by the tus protocol 1.0.0: in pieces, continued after a broken connection, and after a reload once the
// same file is chosen again.
const Piece = 8 * 1024 * 1024, Stalled = 30000, Patience = 40;

class Refused extends Error {
  constructor(reason) { super(reason); this.reason = reason; }
}

// Storage may be closed to scripts; then an upload does not survive a reload.
const memory = {
  get(key) { try { return localStorage.getItem(key); } catch { return null; } },
  set(key, value) { try { localStorage.setItem(key, value); } catch { /* nothing to do */ } },
  drop(key) { try { localStorage.removeItem(key); } catch { /* nothing to do */ } },
};

const base64 = text => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

const call = (method, url, token, headers = {}, body = null, onProgress = null, signal = null) => new Promise((done, failed) => {
  const request = new XMLHttpRequest();
  let idle = null;
  const rest = () => { clearTimeout(idle); signal?.removeEventListener('abort', abort); };
  const abort = () => request.abort();
  const watch = () => { clearTimeout(idle); idle = setTimeout(abort, Stalled); };
  request.open(method, url);
  for (const [name, value] of Object.entries({ 'Tus-Resumable': '1.0.0', 'X-CSRF-TOKEN': token ?? '', ...headers })) request.setRequestHeader(name, value);
  request.upload.onprogress = event => { watch(); onProgress?.(event.loaded); };
  request.onload = () => { rest(); done(request); };
  request.onerror = request.onabort = () => { rest(); failed(new Error('cut')); };
  signal?.addEventListener('abort', abort);
  watch();
  request.send(body);
});

const wait = (milliseconds, signal) => new Promise(done => {
  const end = () => { clearTimeout(timer); removeEventListener('online', end); signal?.removeEventListener('abort', end); done(); };
  const timer = setTimeout(end, milliseconds);
  addEventListener('online', end);
  signal?.addEventListener('abort', end);
});

// A final refusal by the server is thrown as Refused; everything else is retried.
const check = request => {
  if (request.status === 400) throw new Refused('Stale');
  if (request.status === 401 || request.status === 403) throw new Refused('SignedOut');
  if ([404, 413, 422, 429].includes(request.status)) {
    let said = null;
    try { said = JSON.parse(request.responseText).refusal; } catch { /* no answer of ours */ }
    throw new Refused(said ?? (request.status === 413 ? 'TooLarge' : 'CampaignClosed'));
  }
  throw new Error(String(request.status));
};

// Sends a file; the promise resolves to the upload's identity. tell(sent, waiting) receives the progress.
export async function send(file, { campaign, replaces, seconds, token, tell, signal }) {
  const key = ['facead.upload', campaign ?? 'house', replaces ?? '', seconds, file.name, file.size, file.lastModified].join(':');
  let place = memory.get(key), offset = null, failures = 0;
  for (;;) {
    if (signal?.aborted) {
      if (place) call('DELETE', place, token).catch(() => {});
      memory.drop(key);
      throw new Refused('Cancelled');
    }
    try {
      if (place && offset === null) {
        const stands = await call('HEAD', place, token, {}, null, null, signal);
        if (stands.status === 200) offset = Number(stands.getResponseHeader('Upload-Offset'));
        else if (stands.status === 404 || stands.status === 410) { memory.drop(key); place = null; }
        else check(stands);
      }
      if (!place) {
        const pairs = { ...(campaign ? { campaign } : { house: '' }), filename: file.name, seconds: String(seconds), ...(replaces ? { replaces } : {}) };
        const made = await call('POST', '/api/uploads', token, {
          'Upload-Length': String(file.size), 'Upload-Metadata': Object.entries(pairs).map(([name, value]) => `${name} ${base64(value)}`).join(','),
        }, null, null, signal);
        if (made.status !== 201) check(made);
        memory.set(key, place = made.getResponseHeader('Location'));
        offset = 0;
      }
      tell(offset, false);
      if (offset >= file.size) { memory.drop(key); return place.split('/').pop(); }
      const from = offset;
      const taken = await call('PATCH', place, token, { 'Upload-Offset': String(from), 'Content-Type': 'application/offset+octet-stream' },
        file.slice(from, from + Piece), sent => tell(from + sent, false), signal);
      if (taken.status === 204) { offset = Number(taken.getResponseHeader('Upload-Offset')); failures = 0; }
      else if (taken.status === 409 || taken.status === 410 || taken.status === 423) throw new Error('elsewhere');
      else check(taken);
    } catch (error) {
      if (error instanceof Refused) { memory.drop(key); throw error; }
      if (signal?.aborted) continue;
      if (++failures > Patience) throw new Refused('Network'); // remembered: choosing the file again goes on
      tell(offset ?? 0, true);
      offset = null;
      await wait(Math.min(15000, 400 * 2 ** Math.min(failures, 6)), signal);
    }
  }
}

// A page that is gone or reconnecting receives nothing; the upload goes on.
const speaking = page => (name, ...said) => page.invokeMethodAsync(name, ...said).catch(() => {});
const percentOf = (sent, file) => file.size ? Math.floor(100 * sent / file.size) : 0;

// The form's field: one file, shown before it is sent, sent when the form says so.
export function create(place, preview, page) {
  const say = speaking(page);
  let file = null, shown = null, stop = null;

  const clear = () => {
    preview.removeAttribute('src');
    preview.load();
    if (shown) URL.revokeObjectURL(shown);
    shown = null;
  };

  const chosen = () => {
    clear();
    file = place.querySelector('input[type=file]').files[0];
    if (!file) { say('OnChosen', null, 0, null, false); return; }
    const still = file.type.startsWith('image/');
    say('OnChosen', file.name, file.size, null, still);
    shown = URL.createObjectURL(file);
    const mine = shown;
    // The server decides whether a file is accepted; the browser refuses early only where it is sure.
    preview.onloadedmetadata = () => { if (mine === shown && Number.isFinite(preview.duration)) say('OnChosen', file.name, file.size, preview.duration, false); };
    if (still) preview.poster = shown; else { preview.removeAttribute('poster'); preview.src = shown; }
  };

  const changed = event => { if (event.target.matches('input[type=file]')) chosen(); };
  place.addEventListener('change', changed);
  if (place.querySelector('input[type=file]').files.length) chosen(); // before this script had loaded

  return {
    // Resolves to "ok:" and the upload's identity, or to the reason.
    async send(campaign, token, seconds) {
      let told = -1;
      stop = new AbortController();
      try {
        const id = await send(file, {
          campaign, token, seconds, signal: stop.signal,
          tell: sent => { const percent = percentOf(sent, file); if (percent !== told) say('OnProgress', told = percent); },
        });
        place.querySelector('input[type=file]').value = '';
        clear();
        return 'ok:' + id;
      } catch (error) {
        return error.reason ?? 'Network';
      }
    },
    cancel() { stop?.abort(); },
    dispose() {
      place.removeEventListener('change', changed);
      clear();
    },
  };
}

// The campaign's page: any number of files, each sent at once, one after the other.
export function panel(place, page, { campaign, token, most }) {
  const say = speaking(page);
  const stops = new Map();
  let number = 0, last = Promise.resolve();

  const take = (file, replaces, seconds) => {
    const key = `f${++number}`;
    const stop = new AbortController();
    stops.set(key, stop);
    say('OnAdded', key, file.name, replaces ?? null);
    let told = '';
    const tell = (sent, waiting) => { const now = `${percentOf(sent, file)}:${waiting}`; if (now !== told) { told = now; say('OnSent', key, percentOf(sent, file), waiting); } };
    const work = async () => {
      if (file.size > most) return say('OnEnd', key, 'TooLarge');
      try {
        await send(file, { campaign, replaces, seconds, token, tell, signal: stop.signal });
        return say('OnEnd', key, null);
      } catch (error) {
        return say('OnEnd', key, error.reason ?? 'Network');
      } finally {
        stops.delete(key);
      }
    };
    last = last.then(work, work);
  };

  const changed = event => {
    const input = event.target.closest('input[type=file]');
    if (!input) return;
    for (const file of input.files) take(file, input.dataset.replaces, Number(place.dataset.seconds));
    input.value = '';
  };
  const leaving = event => { if (stops.size) event.preventDefault(); };
  place.addEventListener('change', changed);
  addEventListener('beforeunload', leaving);
  // Chosen before this script had loaded.
  for (const input of place.querySelectorAll('input[type=file]')) if (input.files.length) changed({ target: input });

  return {
    cancel(key) { stops.get(key)?.abort(); },
    dispose() {
      place.removeEventListener('change', changed);
      removeEventListener('beforeunload', leaving);
    },
  };
}
