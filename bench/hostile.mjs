/**
 * `autoencoder serve` under requests that no honest client makes: those of test/attacks, by what they try.
 *
 *   npm run build && npx tsx bench/hostile.mjs      writes bench/results/hostile.json
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { attack, SECONDS, statusOf } from '../test/attacks/attack.ts';
import { trainModels } from '../test/serve/serving.ts';

const { answers, honest, log } = await attack(await trainModels());
const families = [...new Set(answers.map(({ family }) => family))].map((family) => {
  const own = answers.filter((answer) => answer.family === family);
  const statuses = own.map(statusOf);
  const counts = [...new Set(statuses)]
    .sort()
    .map((status) => [status, statuses.filter((one) => one === status).length]);
  return {
    family,
    requests: own.length,
    refused: statuses.filter((status) => status >= 400 && status < 500).length,
    statuses: Object.fromEntries(counts),
    slowestMs: Math.max(...own.map(({ ms }) => ms)),
  };
});
const result = {
  machine: `${cpus()[0].model.trim()}, ${cpus().length} cores`,
  node: process.version,
  date: new Date().toISOString().slice(0, 10),
  limitSeconds: SECONDS,
  honest: { asked: honest.length, right: honest.filter((answer) => answer === honest[0]).length },
  faults: log.length,
  families,
};
writeFileSync(new URL('results/hostile.json', import.meta.url), `${JSON.stringify(result, undefined, 2)}\n`);
console.log(JSON.stringify(result, undefined, 2));
process.exit(0);
