/**
 * Three series that go with one another, hour by hour: seasons of a day and a week, a trend, and noise that remembers.
 *
 *   temperature ──┐
 *   day, week, trend ── demand ── price (three hours later, and steeper the higher)
 */
import type { Random } from '../../base/random.ts';
import type { Column } from '../dataset.ts';

const TRAIN = 4000;
const TEST = 1000;
/** Monday, 1 January 2024, in seconds since 1970. */
const START = 1_704_067_200;
const HOUR = 3600;
/** Hours that the price is behind. */
const LAG = 3;

/** `time`, `temperature`, `demand` and `price`: 4000 hours to learn from, or the 1000 after them. */
export function makeWaves(part: 'train' | 'test', random: Random): readonly Column[] {
  const hours = TRAIN + TEST + LAG;
  const [temperature, demand, price] = [0, 1, 2].map(() => new Float64Array(hours));
  const noise = random.fork('noise');
  let [weather, habit, market] = [0, 0, 0];
  for (let at = 0; at < hours; at++) {
    const hour = at - LAG;
    const day = (2 * Math.PI * (hour % 24)) / 24;
    const isWeekend = Math.floor((hour + 168) / 24) % 7 >= 5;
    weather = 0.985 * weather + 0.5 * noise.normal();
    habit = 0.8 * habit + 0.9 * noise.normal();
    market = 0.9 * market + 0.6 * noise.normal();
    temperature[at] = 11 + 5 * Math.sin(day - 2.5) + weather + 0.2 * noise.normal();
    const heating = 0.6 * Math.max(0, 15 - temperature[at]);
    const rhythm = 12 * Math.sin(day - 1.9) + 4 * Math.sin(2 * day - 2.6);
    demand[at] = 60 + 0.003 * hour + (isWeekend ? 0.6 * rhythm - 9 : rhythm) + heating + habit;
    price[at] = 20 + 0.006 * demand[Math.max(0, at - LAG)] ** 2 + market;
  }
  const from = LAG + (part === 'train' ? 0 : TRAIN);
  const to = from + (part === 'train' ? TRAIN : TEST);
  const series = (name: string, values: Float64Array, decimals: number): Column => ({
    type: 'numeric',
    name,
    values: values.subarray(from, to).map((value) => Number(value.toFixed(decimals))),
  });
  return [
    { type: 'numeric', name: 'time', values: Float64Array.from({ length: to - from }, (_, i) => timeOf(from + i)) },
    series('temperature', temperature, 1),
    series('demand', demand, 2),
    series('price', price, 2),
  ];
}

function timeOf(at: number): number {
  return START + (at - LAG) * HOUR;
}
