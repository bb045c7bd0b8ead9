// Runs a peer over a list of pictures: node PEER.cjs LIST TASK WARMUP. One line of JSON per picture after the warm-up: the faces, and
// the processor time (user and system, of this whole process) of analysing and of decoding. A last line tells the peer's version.
const { readFileSync } = require('node:fs');
const jpeg = require('jpeg-js');

const seconds = (from) => { const used = process.cpuUsage(from); return (used.user + used.system) / 1e6; };

module.exports = async (version, analyse) => {
  const [list, , warmUp] = process.argv.slice(2);
  const files = readFileSync(list, 'utf8').split('\n').filter(Boolean);
  for (const [i, file] of [...files.slice(0, Number(warmUp)), ...files].entries()) {
    const bytes = readFileSync(file);
    const began = process.cpuUsage();
    const picture = jpeg.decode(bytes, { useTArray: true, formatAsRGBA: false, maxMemoryUsageInMB: 2048 });
    const decodeCpu = seconds(began);
    const decoded = process.cpuUsage();
    const faces = await analyse(picture);
    const cpu = seconds(decoded);
    if (i >= Math.min(Number(warmUp), files.length)) console.log(JSON.stringify({ file, cpu, decodeCpu, faces }));
  }
  console.log(JSON.stringify({ version }));
};
