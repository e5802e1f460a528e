/** Every hostile request is answered 4xx within the time limit, and the server goes on answering honest ones rightly. */
import { expect, test } from 'vitest';
import { trainModels } from '../serve/serving.ts';
import { attack, SECONDS, SLACK_MS, statusOf } from './attack.ts';

test('all of a list of hostile requests are refused, and the server is right afterwards', {
  timeout: 300_000,
}, async () => {
  const { answers, honest, log, files } = await attack(await trainModels());
  expect(new Set(answers.map(({ name }) => name)).size).toBe(answers.length);
  expect(answers.length).toBeGreaterThanOrEqual(200);
  const failures = answers.flatMap((answer) => {
    const { name, text = '', ms } = answer;
    const status = statusOf(answer);
    return [
      ...(status !== undefined && status >= 400 && status < 500
        ? []
        : [`${name}: ${status ?? 'no answer'} ${text.slice(-300)}`]),
      ...(/\bat .+:\d+:\d+|node_modules|\/src\/|\/dist\/|safetensors/.test(text)
        ? [`${name}: tells of itself: ${text}`]
        : []),
      ...(ms > SECONDS * 1000 + SLACK_MS ? [`${name}: ${ms} ms`] : []),
    ];
  });
  expect(failures).toEqual([]);
  expect(honest[0]).toMatch(/^\{"scores":\[[\d.e-]+\]\}$/);
  expect(new Set(honest).size).toBe(1);
  expect(log).toEqual([]);
  // No job began, and nothing was written.
  expect(files).toEqual(['data', 'jobs', 'secret.csv']);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});
