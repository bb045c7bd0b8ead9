// The screen: two stacked videos. The next one loads and plays underneath and is raised once its first frame has been
// presented, so an empty one is never visible. The page with the render token reports what it presented.
'use strict';

const PROGRESS_EVERY = 250;

const videos = [...document.querySelectorAll('video')];
const standby = document.getElementById('standby');
const notice = document.getElementById('notice');
const screenName = document.getElementById('screen');

let token = new URLSearchParams(location.search).get('render');
if (token) history.replaceState(null, '', '/');

let socket = null;
let renders = false;
let retries = 0;
let front = null;    // the run on top
let loading = null;  // the run underneath

function send(message) {
  if (renders && socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}

function report(type, run, age = performance.now() - run.at) {
  send({ type, run: run.id, age: Math.max(0, age), mediaTime: run.mediaTime, frames: run.frames,
    length: Number.isFinite(run.video.duration) ? run.video.duration : null });
}

function show(message) {
  if (loading) drop(loading);
  const video = videos.find(v => v !== front?.video);
  const run = { id: message.run, video, frames: 0, base: null, mediaTime: 0, at: performance.now(), reported: 0, ended: false, dropped: false };
  loading = run;
  video.onerror = () => fail(run, video.error?.message || 'media error');
  video.onended = () => { run.ended = true; if (run === front) report('ended', run, 0); };
  video.onloadedmetadata = () => {
    // A mirror that connects late joins at the current position.
    if (message.offset > 0.3) video.currentTime = Math.min(message.offset, Math.max(0, video.duration - 0.1));
  };
  video.src = message.url;
  watch(run);
  video.play().catch(error => { if (error.name !== 'AbortError') fail(run, error.message); });
}

function watch(run) {
  const next = run.video.requestVideoFrameCallback
    ? callback => run.video.requestVideoFrameCallback(callback)
    : callback => run.video.addEventListener('timeupdate', () =>
      callback(0, { presentedFrames: run.frames + 1, mediaTime: run.video.currentTime, presentationTime: performance.now() }), { once: true });
  next((_, frame) => {
    if (run.dropped) return;
    run.base ??= frame.presentedFrames - 1;
    run.frames = frame.presentedFrames - run.base;
    run.mediaTime = frame.mediaTime;
    run.at = frame.presentationTime;
    if (run === loading) raise(run);
    else if (run === front && performance.now() - run.reported >= PROGRESS_EVERY) {
      run.reported = performance.now();
      report('progress', run);
    }
    watch(run);
  });
}

function raise(run) {
  const before = front;
  front = run;
  loading = null;
  for (const layer of [...videos, standby]) {
    layer.classList.toggle('before', layer === (before?.video ?? standby));
    layer.classList.toggle('top', layer === run.video);
  }
  run.video.classList.remove('settled');
  setTimeout(() => { if (front === run) run.video.classList.add('settled'); }, 300);
  run.reported = performance.now();
  report('started', run);
  if (run.ended) report('ended', run, 0);
  // Keep the old one's last frame until the new one is on the display, unless its video is needed sooner.
  if (before) setTimeout(() => { if (loading?.video !== before.video && front.video !== before.video) drop(before); }, 300);
  if (before) before.dropped = true;
}

function drop(run) {
  run.dropped = true;
  run.video.onerror = run.video.onended = run.video.onloadedmetadata = null;
  run.video.pause();
  run.video.removeAttribute('src');
  run.video.load();
  if (loading === run) loading = null;
}

function fail(run, reason) {
  if (run.dropped) return;
  send({ type: 'failed', run: run.id, reason });
  if (run === loading) drop(run);
}

function showStandby() {
  for (const layer of [...videos, standby]) {
    layer.classList.remove('before');
    layer.classList.toggle('top', layer === standby);
  }
  if (loading) drop(loading);
  if (front) drop(front);
  front = null;
}

function showNotice(message) {
  screenName.textContent = message.screen;
  document.title = message.screen ? `${message.screen} · FaceAd` : 'FaceAd';
  notice.textContent = message.text ?? '';
  notice.hidden = !message.text;
}

const handlers = {
  welcome: message => { renders = message.renders; document.documentElement.dataset.role = renders ? 'renderer' : 'mirror'; },
  notice: showNotice,
  show,
  withdraw: message => { if (loading?.id === message.run) drop(loading); },
  standby: showStandby,
};

function connect() {
  socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/screen`);
  socket.onopen = () => { retries = 0; socket.send(JSON.stringify({ type: 'hello', token })); token = null; };
  socket.onmessage = event => { const message = JSON.parse(event.data); handlers[message.type]?.(message); };
  socket.onclose = () => {
    // The token is spent, so a reconnecting page is a mirror. The player starts a new page to render.
    renders = false;
    setTimeout(connect, Math.min(5000, 500 * 2 ** retries++) * (0.5 + Math.random() / 2));
  };
}

connect();
