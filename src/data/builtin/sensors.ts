/**
 * The log of a pump: a row every ten seconds, speeds, flows and temperatures that hang together by (simplified) physics.
 *
 *   mode ── speed ─┬─ flow ─┬─ pressure        H = a n² − b Q² = Q² k / v²  (pump and pipe with a valve v)
 *   valve ─────────┘        └─ current ─ heat ─ temperature ─ coolant;   speed ── vibration, with a resonance
 *
 * The test part goes on where the training part ends, and has stretches in which something is wrong.
 */
import type { Random } from '../../base/random.ts';
import type { Column } from '../dataset.ts';

const TRAIN = 4000;
const TEST = 2000;
const SECONDS = 10;
/** Share of the readings that got lost. */
const LOST = 0.02;
/** Rows of the test part of which each has one stretch of faults. */
const BETWEEN_FAULTS = 125;

/** Decimals of each sensor as it logs. */
const sensors = {
  speed: 0,
  flow: 2,
  pressure: 3,
  current: 2,
  temperature: 1,
  coolant: 1,
  vibration: 3,
} as const;
type Sensor = keyof typeof sensors;
type Reading = Record<Sensor, number>;
const names = Object.keys(sensors) as Sensor[];

/** Revolutions per minute of each mode, and the mean number of rows it lasts. */
const modes = [
  { name: 'idle', speed: 300, rows: 60 },
  { name: 'run', speed: 1500, rows: 200 },
  { name: 'boost', speed: 2400, rows: 50 },
] as const;

/** `time`, seven sensors, `mode` and `state` (`normal`, `fault`): 4000 rows to learn from, or the 2000 after them. */
export function makeSensors(part: 'train' | 'test', random: Random): readonly Column[] {
  const rows = simulate(TRAIN + TEST, random.fork('machine'));
  const from = part === 'train' ? 0 : TRAIN;
  const chosen = part === 'train' ? rows.slice(0, TRAIN) : rows.slice(TRAIN);
  const readings = names.map((name) => Float64Array.from(chosen, (row) => row.reading[name]));
  const isFault = new Uint8Array(chosen.length);
  if (part === 'test') addFaults(readings, isFault, random.fork('faults'));
  const lost = random.fork(`lost ${part}`);
  const columns = names.map((name, at): Column => {
    const values = readings[at].map((value) => (lost.uniform() < LOST ? Number.NaN : rounded(value, sensors[name])));
    return { type: 'numeric', name, values };
  });
  return [
    { type: 'numeric', name: 'time', values: Float64Array.from(chosen, (_, row) => (from + row) * SECONDS) },
    ...columns,
    { type: 'category', name: 'mode', values: chosen.map(({ mode }) => mode) },
    { type: 'category', name: 'state', values: Array.from(isFault, (fault) => (fault ? 'fault' : 'normal')) },
  ];
}

function rounded(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}

interface Row {
  readonly mode: string;
  readonly reading: Reading;
}

function simulate(count: number, random: Random): Row[] {
  let mode: (typeof modes)[number] = modes[1];
  let [left, speed, wish, valve, heat] = [150, 1500, 0, 0, 30];
  return Array.from({ length: count }, (_, row) => {
    if (left-- <= 0) {
      // From idle or boost back to run; from run to either.
      mode = mode === modes[1] ? modes[random.uniform() < 0.5 ? 0 : 2] : modes[1];
      left = Math.round(mode.rows * (0.5 + random.uniform()));
    }
    wish = 0.98 * wish + 0.2 * random.normal();
    valve = 0.97 * valve + 0.24 * random.normal();
    speed += 0.25 * (mode.speed * (1 + 0.12 * Math.tanh(wish)) - speed);
    const ambient = 18 + 6 * Math.sin((2 * Math.PI * row * SECONDS) / 21_600);
    const reading = readingAt(speed, 0.65 + 0.3 * Math.tanh(valve), ambient, heat, random);
    heat += 0.05 * (0.9 * reading.current - heat);
    return { mode: mode.name, reading };
  });
}

/** What the sensors show; `heat` is how much warmer than its surroundings the motor is, in kelvin. */
function readingAt(speed: number, valve: number, ambient: number, heat: number, random: Random): Reading {
  const about = (value: number, share: number): number => value * (1 + share * random.normal());
  const turns = speed / 1500;
  const flow = 20 * turns * Math.sqrt(1 / (0.4 + 0.35 / valve ** 2));
  const pressure = 5 * turns ** 2 - 0.005 * flow ** 2;
  const current = 4 + 6 * turns + 0.35 * flow * Math.max(0.1, pressure);
  const resonance = Math.exp(-(((speed - 1500) / 90) ** 2));
  return {
    speed: about(speed, 0.003),
    flow: about(flow, 0.01),
    pressure: about(pressure, 0.01),
    current: about(current, 0.01),
    temperature: ambient + heat + 0.3 * random.normal(),
    coolant: ambient + (0.25 * heat * 20) / (10 + flow) + 0.2 * random.normal(),
    vibration: (0.3 + 0.5 * turns ** 2 + 1.2 * resonance) * Math.exp(0.06 * random.normal()),
  };
}

const faults = [stuck, drifting, decoupled, spiking] as const;

/** One stretch of each kind in turn, changing one sensor. */
function addFaults(readings: readonly Float64Array[], isFault: Uint8Array, random: Random): void {
  for (let block = 0; (block + 1) * BETWEEN_FAULTS <= isFault.length; block++) {
    const length = 4 + random.integer(5);
    const start = block * BETWEEN_FAULTS + 10 + random.integer(BETWEEN_FAULTS - 20 - length);
    const values = readings[random.integer(readings.length)];
    const stretch = values.subarray(start, start + length);
    faults[block % faults.length](stretch, values, random);
    isFault.fill(1, start, start + length);
  }
}

/** The sensor goes on showing one value: such as it had at another time, where that differs. */
function stuck(stretch: Float64Array, values: Float64Array, random: Random): void {
  const away = Array.from({ length: 8 }, () => values[random.integer(values.length)]);
  const middle = stretch[0];
  stretch.fill(away.reduce((best, value) => (Math.abs(value - middle) > Math.abs(best - middle) ? value : best)));
}

/** It moves away, by two deviations at the end. */
function drifting(stretch: Float64Array, values: Float64Array, random: Random): void {
  const end = (random.uniform() < 0.5 ? -2 : 2) * deviation(values);
  for (let at = 0; at < stretch.length; at++) stretch[at] += (end * (at + 3)) / (stretch.length + 2);
}

/** It shows what it showed at another time: every value is an ordinary one, but it does not fit the others. */
function decoupled(stretch: Float64Array, values: Float64Array, random: Random): void {
  let best = { apart: -1, from: 0 };
  for (let trial = 0; trial < 20; trial++) {
    const from = random.integer(values.length - stretch.length);
    const apart = stretch.reduce((total, value, at) => total + Math.abs(value - values[from + at]), 0);
    if (apart > best.apart) best = { apart, from };
  }
  stretch.set(values.slice(best.from, best.from + stretch.length));
}

/** It jumps up and down by one to three deviations. */
function spiking(stretch: Float64Array, values: Float64Array, random: Random): void {
  const size = deviation(values);
  for (let at = 0; at < stretch.length; at++)
    stretch[at] += (random.uniform() < 0.5 ? -1 : 1) * (1 + 2 * random.uniform()) * size;
}

function deviation(values: Float64Array): number {
  const mean = values.reduce((total, value) => total + value / values.length, 0);
  return Math.sqrt(values.reduce((total, value) => total + (value - mean) ** 2 / values.length, 0));
}
