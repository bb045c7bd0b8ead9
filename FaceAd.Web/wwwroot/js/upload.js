// A film on its way to the server: chosen, shown, sent by HTTP with progress.
export function create(input, preview, page) {
  let request = null, shown = null;

  const clear = () => {
    preview.removeAttribute('src');
    preview.load();
    if (shown) URL.revokeObjectURL(shown);
    shown = null;
  };

  const chosen = () => {
    clear();
    const file = input.files[0];
    if (!file) { page.invokeMethodAsync('OnChosen', null, 0, null); return; }
    page.invokeMethodAsync('OnChosen', file.name, file.size, null);
    shown = URL.createObjectURL(file);
    const mine = shown;
    // The server decides what a film is; the browser only saves a wait where it is sure.
    preview.onloadedmetadata = () => { if (mine === shown && Number.isFinite(preview.duration)) page.invokeMethodAsync('OnChosen', file.name, file.size, preview.duration); };
    preview.src = shown;
  };

  input.addEventListener('change', chosen);
  if (input.files.length) chosen();

  return {
    send(url, token) {
      const file = input.files[0];
      return new Promise(done => {
        let told = -1;
        request = new XMLHttpRequest();
        request.open('POST', `${url}?name=${encodeURIComponent(file.name)}`);
        request.setRequestHeader('X-CSRF-TOKEN', token ?? '');
        request.setRequestHeader('Content-Type', 'application/octet-stream');
        request.upload.onprogress = event => {
          const percent = event.lengthComputable ? Math.floor(100 * event.loaded / event.total) : 0;
          if (percent !== told) page.invokeMethodAsync('OnProgress', told = percent);
        };
        request.onerror = request.onabort = () => done('Network');
        request.onload = () => {
          if (request.status === 200) { input.value = ''; clear(); done(null); return; }
          let refusal = null;
          try { refusal = JSON.parse(request.responseText).refusal; } catch { /* no answer of ours */ }
          done(refusal ?? (request.status === 400 ? 'Stale' : 'Network'));
        };
        request.send(file);
      });
    },
    dispose() {
      input.removeEventListener('change', chosen);
      request?.abort();
      clear();
    },
  };
}
