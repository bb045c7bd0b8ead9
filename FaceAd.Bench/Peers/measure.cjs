// Runs a peer over a list of pictures: node PEER.cjs LIST TASK WARMUP. One line of JSON per picture, then one with the cost:
// processor time (user and system) of this whole process while it analysed, and while it decoded, after the warm-up.
const { readFileSync } = require('node:fs');
const jpeg = require('jpeg-js');

const seconds = (from) => { const used = process.cpuUsage(from); return (used.user + used.system) / 1e6; };

module.exports = async (version, analyse) => {
  const [list, , warmUp] = process.argv.slice(2);
  const files = readFileSync(list, 'utf8').split('\n').filter(Boolean);
  let [decoding, analysing] = [0, 0];
  for (const [i, file] of [...files.slice(0, Number(warmUp)), ...files].entries()) {
    const bytes = readFileSync(file);
    const began = process.cpuUsage();
    const picture = jpeg.decode(bytes, { useTArray: true, formatAsRGBA: false, maxMemoryUsageInMB: 2048 });
    const decoded = process.cpuUsage();
    const faces = await analyse(picture);
    if (i < Number(warmUp)) continue;
    analysing += seconds(decoded);
    decoding += (decoded.user + decoded.system - began.user - began.system) / 1e6;
    console.log(JSON.stringify({ file, faces }));
  }
  console.log(JSON.stringify({ version, pictures: files.length, cpu: analysing, decodeCpu: decoding }));
};
