/**
 * Speed and memory beside PyTorch, TensorFlow.js and jax-js: one table of medians over interleaved rounds.
 *
 *   npm run bench -- [--rounds 5] [--seconds 4] [--nets seed,tiny,large,convolutional,variational] [--threads 1,2] [--python python3] [--mnist ../shared/data]
 *
 * In every round each peer runs once, in turn, in a process of its own, so that drift of a shared machine hits all alike; ratios
 * are of medians. PyTorch stands there as its tutorials write it and at its best: the fastest of what it offers (fused Adam,
 * torch.compile, tracing, …), chosen in a trial before the rounds; and, beyond what a PyTorch user writes, with all parameters
 * moved into one vector by hand, and with gradients derived by hand. Several `--python` are several PyTorch versions; Debian's is at its best with libopenblas0-openmp. Writes
 * bench/results/speed.json, where nets that were not measured this time keep what they had.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { lineOf, median } from './rounds.mjs';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    nets: { type: 'string', default: 'seed,tiny,large,convolutional,variational' },
    threads: { type: 'string', default: '1,2' },
    python: { type: 'string', multiple: true, default: ['python3'] },
    mnist: { type: 'string' },
  },
});
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const seconds = Number(flags.seconds);
if (!existsSync(here('node_modules')))
  execFileSync('npm', ['ci', '--ignore-scripts'], { cwd: here('.'), stdio: 'inherit' });

const results = [];
for (const net of flags.nets.split(',')) {
  for (const threads of flags.threads.split(',').map(Number)) {
    const peers = peersFor(net, threads);
    const lines = new Map(peers.map(({ name }) => [name, []]));
    for (let round = 0; round < Number(flags.rounds); round++) {
      for (const peer of peers) {
        const line = measureOnce(peer, net, threads);
        if (line) lines.get(peer.name).push(line);
      }
    }
    for (const [name, all] of lines) if (all.length > 0) results.push(summary(name, net, threads, all));
    print(net, threads);
  }
}
const path = here('results/speed.json');
mkdirSync(here('results'), { recursive: true });
const before = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : { results: [] };
const isNew = (row) => results.some(({ net, threads }) => net === row.net && threads === row.threads);
const file = {
  machine: `${cpus()[0].model.trim()}, ${cpus().length} cores`,
  node: process.version,
  results: [...before.results.filter((row) => !isNew(row)), ...results],
  memory: flags.mnist ? mnistMemory(flags.mnist) : before.memory,
};
writeFileSync(path, `${JSON.stringify(file, undefined, 2)}\n`);
console.log('written: bench/results/speed.json; npm run results makes docs/results.md of it');

function peersFor(net, threads) {
  const peers = [
    { name: 'autoencoder', command: [process.execPath, here('peers/autoencoder.mjs')] },
    ...flags.python.flatMap((python) => pytorchPeers(python, net, threads)),
  ];
  // These two cannot use threads under Node; one row is enough.
  if (threads === 1)
    peers.push(
      { name: 'autoencoder (WASM)', command: [process.execPath, here('peers/autoencoder.mjs'), '--engine', 'web'] },
      { name: 'TensorFlow.js (WASM)', command: [process.execPath, here('peers/tfjs.mjs')] },
      { name: 'jax-js (WASM)', command: [process.execPath, here('peers/jax-js.mjs')] },
    );
  return peers;
}

/** The tutorial's loop, and the fastest of three sorts, found by a trial of all candidates. */
function pytorchPeers(python, net, threads) {
  const script = [python, here('peers/pytorch.py')];
  const trial = measureOnce({ name: `${python} trial`, command: [...script, '--variant', 'best'] }, net, threads);
  if (!trial) {
    console.error(`no PyTorch under ${python}: left out`);
    return [];
  }
  const ranked = Object.entries(trial.candidates).sort((a, b) => b[1] - a[1]);
  const peer = (label, [candidate]) => {
    const [, name, core] = /^(.*?)(?:, (SKYLAKEX))?$/.exec(candidate);
    return {
      name: `PyTorch ${trial.version} ${label}`,
      command: [...script, '--variant', 'best', '--candidate', name],
      environment: core ? { OPENBLAS_CORETYPE: core } : {},
      note: candidate,
    };
  };
  const fastest = (isLike) => ranked.find(([name]) => isLike(name));
  const flat = fastest((name) => name.startsWith('flat'));
  const byHand = fastest((name) => name.startsWith('by hand'));
  return [
    { name: `PyTorch ${trial.version} eager`, command: [...script, '--variant', 'eager'] },
    peer(
      'best',
      fastest((name) => !name.startsWith('flat') && !name.startsWith('by hand')),
    ),
    ...(flat ? [peer('parameters in one vector', flat)] : []),
    ...(byHand ? [peer('gradients by hand', byHand)] : []),
  ];
}

function measureOnce({ name, command, environment }, net, threads) {
  const options = ['--net', net, '--threads', String(threads), '--seconds', String(seconds)];
  const counts = { OPENBLAS_NUM_THREADS: String(threads), OMP_NUM_THREADS: String(threads) };
  return lineOf(name, [...command, ...options], { ...counts, ...environment });
}

function summary(name, net, threads, all) {
  const of = (key) => all.map((line) => line[key]).sort((a, b) => a - b);
  const speeds = of('examplesPerSecond');
  return {
    name,
    net,
    threads,
    examplesPerSecond: median(speeds),
    least: speeds[0],
    most: speeds.at(-1),
    startToFirstStepSeconds: median(of('startToFirstStepSeconds')),
    peakMemoryMB: median(of('peakMemoryMB')),
    version: all[0].version,
    candidate: all[0].candidate,
    date: new Date().toISOString().slice(0, 10),
    rounds: all.length,
    seconds,
  };
}

function print(net, threads) {
  const rows = results.filter((row) => row.net === net && row.threads === threads);
  const ours = rows.find((row) => row.name === 'autoencoder');
  console.log(`\n${net}, ${threads} thread${threads > 1 ? 's' : ''}`);
  for (const { name, examplesPerSecond, least, most, startToFirstStepSeconds, peakMemoryMB, candidate } of rows)
    console.log(
      `  ${name.padEnd(38)} ${Math.round(examplesPerSecond).toLocaleString('en').padStart(10)} examples/s (${Math.round(least).toLocaleString('en')} … ${Math.round(most).toLocaleString('en')})  ours ${(ours.examplesPerSecond / examplesPerSecond).toFixed(2)}×  first step ${startToFirstStepSeconds.toFixed(2)} s  ${Math.round(peakMemoryMB)} MB${candidate ? `  [${candidate}]` : ''}`,
    );
}

/** Peak memory of `autoencoder train mnist` in a process of its own. */
function mnistMemory(folder) {
  const words = [
    here('../dist/cli/main.js'),
    'train',
    'mnist',
    '--hidden',
    '128,64',
    '--epochs',
    '3',
    '--out',
    here('results/mnist-run'),
    '--overwrite',
    '--json',
  ];
  const code = `const{spawn}=require('child_process');const fs=require('fs');const c=spawn(process.execPath,${JSON.stringify(words)},{stdio:'ignore',env:{...process.env,AUTOENCODER_DATA:${JSON.stringify(folder)}}});let peak=0;const t=setInterval(()=>{try{peak=Math.max(peak,+/VmHWM:\\s+(\\d+)/.exec(fs.readFileSync('/proc/'+c.pid+'/status','utf8'))[1]/1024)}catch{}},5);c.on('exit',(s)=>{clearInterval(t);console.log(s===0?peak:'failed')})`;
  const peak = Number(execFileSync(process.execPath, ['-e', code], { encoding: 'utf8' }).trim());
  console.log(`\nautoencoder train mnist --hidden 128,64: peak ${Math.round(peak)} MB`);
  return { command: 'autoencoder train mnist --hidden 128,64 --epochs 3', peakMemoryMB: peak };
}
