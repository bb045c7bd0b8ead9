// @vladmandic/human on its WASM backend: its detector alone (detect), or with age, gender and embedding (full). Its defaults otherwise.
const path = require('node:path');
const { readFileSync } = require('node:fs');
const packages = path.join(__dirname, 'node_modules');
const { Human } = require(path.join(packages, '@vladmandic/human/dist/human.node-wasm.js'));
const measure = require('./measure.cjs');

// This build fetches its models; node's fetch knows no files.
const overNetwork = globalThis.fetch;
globalThis.fetch = async (address, options) => String(address).startsWith('file://')
  ? new Response(readFileSync(String(address).slice('file://'.length))) : overNetwork(address, options);

const off = { enabled: false };
const human = new Human({
  backend: 'wasm',
  debug: false,
  async: false,
  cacheSensitivity: 0,
  wasmPath: path.join(packages, '@tensorflow/tfjs-backend-wasm/dist/'),
  modelBasePath: `file://${path.join(packages, '@vladmandic/human/models/')}`,
  filter: off, gesture: off, body: off, hand: off, object: off, segmentation: off,
  face: {
    enabled: true,
    detector: { rotation: false, maxDetected: 20 },
    mesh: off, attention: off, iris: off, emotion: off, antispoof: off, liveness: off,
    description: { enabled: process.argv[3] === 'full' },
  },
});

(async () => {
  await human.load();
  const enlarged = human.config.face.detector.scale; // it returns the crop for the next model, not the detector's box
  await measure(human.version, async (picture) => {
    const pixels = human.tf.tensor4d(Float32Array.from(picture.data), [1, picture.height, picture.width, 3]);
    const result = await human.detect(pixels);
    human.tf.dispose(pixels);
    if (result.error) throw new Error(result.error);
    return result.face.map((face) => {
      const [x, y, width, height] = face.box;
      const [w, h] = [width / enlarged, height / enlarged];
      const male = face.gender === 'male' ? 1 : face.gender === 'female' ? 0 : null;
      return { box: [x + (width - w) / 2, y + (height - h) / 2, w, h], score: face.boxScore, age: face.age ?? null, male };
    });
  });
})();
