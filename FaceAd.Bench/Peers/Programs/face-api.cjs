// @vladmandic/face-api on its WASM backend: the SSD or the tiny detector alone (detect, tiny), or SSD with the landmarks that its
// descriptor needs, descriptor, age and gender (full). Its defaults otherwise.
const path = require('node:path');
const packages = path.join(__dirname, 'node_modules');
const wasm = require('@tensorflow/tfjs-backend-wasm');
const faceapi = require(path.join(packages, '@vladmandic/face-api/dist/face-api.node-wasm.js'));
const measure = require('./measure.cjs');

(async () => {
  wasm.setWasmPaths(path.join(packages, '@tensorflow/tfjs-backend-wasm/dist/'));
  wasm.setThreadsCount(1);
  await faceapi.tf.setBackend('wasm');
  await faceapi.tf.ready();
  if (faceapi.tf.getBackend() !== 'wasm') throw new Error(`The backend is ${faceapi.tf.getBackend()}.`);
  const { nets } = faceapi;
  const task = process.argv[3];
  const needed = task === 'tiny' ? [nets.tinyFaceDetector] : task === 'detect' ? [nets.ssdMobilenetv1]
    : [nets.ssdMobilenetv1, nets.faceLandmark68Net, nets.faceRecognitionNet, nets.ageGenderNet];
  for (const net of needed) await net.loadFromDisk(path.join(packages, '@vladmandic/face-api/model'));
  const options = task === 'tiny' ? new faceapi.TinyFaceDetectorOptions() : new faceapi.SsdMobilenetv1Options();

  const line = (found, estimate) => ({
    box: [found.box.x, found.box.y, found.box.width, found.box.height],
    score: found.score,
    age: estimate?.age ?? null,
    male: estimate ? Number(estimate.gender === 'male') : null,
  });
  await measure(faceapi.version, async (picture) => {
    const pixels = faceapi.tf.tensor3d(picture.data, [picture.height, picture.width, 3], 'int32');
    const faces = faceapi.detectAllFaces(pixels, options);
    const lines = task === 'full'
      ? (await faces.withFaceLandmarks().withFaceDescriptors().withAgeAndGender()).map((face) => line(face.detection, face))
      : (await faces).map((face) => line(face));
    faceapi.tf.dispose(pixels);
    return lines;
  });
})();
