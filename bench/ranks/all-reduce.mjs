/** Run by mpirun: what a sum over the ranks takes, by its size; rank 0 prints `[{ bytes, microseconds }]`, medians of blocks of calls. */
import { openMpi } from '../../dist/distributed/mpi/binding.js';

const mpi = await openMpi();
const BLOCKS = 9;
const rows = [];
for (const bytes of [1e3, 1e4, 1e5, 1e6, 1e7, 1e8]) {
  const values = new Float32Array(bytes / 4);
  // As many calls on all ranks, about 20 ms of them at 2 GB/s.
  const calls = Math.max(1, Math.min(200, Math.round(4e7 / bytes)));
  for (let call = 0; call < 3; call++) mpi.sum(values);
  const blocks = [];
  for (let block = 0; block < BLOCKS; block++) {
    const began = performance.now();
    for (let call = 0; call < calls; call++) mpi.sum(values);
    blocks.push(((performance.now() - began) * 1000) / calls);
  }
  blocks.sort((a, b) => a - b);
  rows.push({ bytes, microseconds: blocks[(BLOCKS - 1) / 2], least: blocks[0], most: blocks.at(-1) });
}
if (mpi.rank === 0) console.log(JSON.stringify(rows));
mpi.finalize();
