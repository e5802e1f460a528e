/** Every view for everybody: no violation that axe knows of, in the light and in the dark, on a desk and on a phone. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSet, train, type Visit, visit } from './browser.ts';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const views = ['start', 'design', 'train', 'understand', 'use', 'take-away'];

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(axe, 'utf8'));
  const found = (await page.evaluate('axe.run(document).then(({ violations }) => violations)')) as Violation[];
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary.replaceAll('\n', ' ')}`),
  );
}

describe.each([
  { name: 'light', isDark: false },
  { name: 'dark', isDark: true },
])('in the $name', ({ isDark }) => {
  let browser: Visit;
  let page: Page;
  beforeAll(async () => {
    browser = await visit({ isDark });
    page = await browser.tab();
    await openSet(page, browser.url, 'sensors');
    await train(page, 2);
  }, 120_000);
  afterAll(() => browser?.close());

  test.each(views)('%s has no violation, and fits on a phone', async (view) => {
    for (const width of [1200, 768, 375]) {
      await page.setViewportSize({ width, height: 800 });
      await page.goto(`${browser.url}#${view}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForTimeout(500);
      expect(await violations(page)).toEqual([]);
      const [shown, whole] = (await page.evaluate(
        '[document.documentElement.clientWidth, document.documentElement.scrollWidth]',
      )) as [number, number];
      expect(whole, `width of the page on a screen of ${width}`).toBeLessThanOrEqual(shown);
    }
  });

  test('what breaks the rules is seen', async () => {
    await page.evaluate('document.body.insertAdjacentHTML(\'beforeend\', \'<img src="x.png" id="nameless">\')');
    expect((await violations(page)).join()).toContain('image-alt');
    await page.evaluate("document.getElementById('nameless').remove()");
  });

  test('it can be gone through by keys alone', async () => {
    const fresh = await browser.tab();
    await fresh.goto(browser.url);
    await fresh.getByRole('button', { name: /^digits/ }).waitFor();
    const words: string[] = [];
    for (let press = 0; press < 16; press++) {
      await fresh.keyboard.press('Tab');
      words.push(String(await fresh.evaluate('document.activeElement.textContent')));
    }
    expect(words.join(' | ')).toContain('Skip to the page');
    expect(words.join(' | ')).toContain('Design');
    expect(words.join(' | ')).toContain('Choose files');
  });
});
