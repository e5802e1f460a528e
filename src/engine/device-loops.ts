/**
 * Graphs on a device that has no loops. Loops of fixed length are laid out; those of any length are run from here, a few iterations at a
 * time, and their state stays on the device in between:
 *
 *   before ── what the loop reads that is computed          once
 *   body   ── state, slices → state, what it gives out      as often as there are iterations
 *   after  ── what is made of all that                      once
 */
import { input } from '../graph/ops/input.ts';
import { inputsFirst } from '../graph/order.ts';
import { type Node, sizeOf, type Tensor } from '../graph/tensor.ts';
import { unroll, unrollLoop } from '../graph/unroll.ts';
import type { HostData, HostTensor, Program } from './engine.ts';
import { checkedInput } from './onnxruntime.ts';

/** Something that runs graphs without loops, and keeps values in a form of its own between its runs. */
export interface Device<Value> {
  compile(outputs: Readonly<Record<string, Tensor>>): Promise<DeviceProgram<Value>>;
  /** For one run; or put onto the device, for many. */
  put(tensor: HostTensor, uses: 'one' | 'many'): Value;
  /** All at once: waiting for a device costs more than what is copied. */
  read(values: readonly Value[]): Promise<readonly HostTensor[]>;
  /** Frees what lies on the device. */
  drop(value: Value): void;
}

export interface DeviceProgram<Value> {
  readonly inputNames: readonly string[];
  /** What it gives stays on the device. */
  run(inputs: Readonly<Record<string, Value>>): Promise<Record<string, Value>>;
  dispose(): Promise<void>;
}

/** Iterations in one run: called from outside they cost less so, and the program is not yet long. */
const STRIDE = 4;
/** Iterations of a loop of fixed length that are laid out: each is some dozen nodes. */
const MOST_ITERATIONS = 64;

type Outputs = Readonly<Record<string, Tensor>>;

/** The graph of `outputs` as a program on the device. @throws EngineError when a loop of fixed length is too long to be laid out. */
export async function compileOnDevice<Value>(device: Device<Value>, outputs: Outputs): Promise<Program> {
  const plan = planOf(outputs);
  const programs = new Map<Outputs, Promise<DeviceProgram<Value>>>();
  const compiled = (part: Outputs): Promise<DeviceProgram<Value>> => {
    const known = programs.get(part) ?? device.compile(part);
    programs.set(part, known);
    return known;
  };
  // What is refused is refused now; programs for the lengths that are asked for are made when they are.
  for (const stage of plan.stages) await compiled(stage.body(1));
  if (plan.stages.length === 0) await compiled(plan.after);
  return {
    async run(inputs) {
      const values = makeValues(device, inputs, plan.inputNames);
      try {
        for (const stage of plan.stages) await runStage(device, stage, values, compiled);
        if (Object.keys(plan.after).length > 0) await runOnce(await compiled(plan.after), values);
        const results = await values.here(Object.values(plan.valueNames));
        return Object.fromEntries(Object.keys(plan.valueNames).map((name, at) => [name, results[at]]));
      } finally {
        values.drop();
      }
    },
    async dispose() {
      for (const program of programs.values()) await (await program).dispose();
      programs.clear();
    },
  };
}

/** One loop of any length. */
interface Stage {
  /** What it reads that has to be computed, by name. */
  readonly before: Outputs;
  /** Names of the values that are carried at first, and that are scanned. */
  readonly carried: readonly string[];
  readonly scanned: readonly string[];
  /** Names of the values that it gives: the state, and what is stacked by the index of the loop's output. */
  readonly states: readonly string[];
  readonly stacks: readonly string[];
  readonly order: 'forward' | 'reversed';
  /** So many iterations: states and stacks of inputs by the names of `stateInput` and `sliceInput`. */
  readonly body: (iterations: number) => Outputs;
}

interface Plan {
  readonly inputNames: readonly string[];
  readonly stages: readonly Stage[];
  readonly after: Outputs;
  /** The name of the value that each output is. */
  readonly valueNames: Readonly<Record<string, string>>;
}

// A colon keeps these apart from the names of the graph's own inputs.
const stateInput = (at: number): string => `state:${at}`;
const sliceInput = (at: number): string => `slice:${at}`;

function planOf(outputs: Outputs): Plan {
  const nodes = [...new Set(Object.values(outputs).flatMap(({ node }) => inputsFirst(node, () => false)))];
  const read = new Set([...Object.values(outputs), ...nodes.flatMap(({ inputs }) => inputs)]);
  /** The inputs that stand for what loops give. */
  const known = new Map<Tensor, Tensor>();
  const stages = nodes.filter(isOfAnyLength).map((loop, at) => stageOf(loop, `loop:${at}`, known, read));
  const valueNames: Record<string, string> = {};
  const rest: Record<string, Tensor> = {};
  for (const [name, tensor] of Object.entries(outputs)) {
    valueNames[name] = known.get(tensor)?.node.operation.input?.name ?? `result:${name}`;
    if (!known.has(tensor)) rest[valueNames[name]] = tensor;
  }
  const names = nodes.flatMap(({ operation }) => (operation.input ? [operation.input.name] : []));
  return { inputNames: [...new Set(names)], stages, after: unrolled(rest, known), valueNames };
}

function isOfAnyLength({ operation: { body }, inputs }: Node): boolean {
  return body !== undefined && inputs[body.carried].node.operation.input?.anyLength === true;
}

function stageOf(loop: Node, label: string, known: Map<Tensor, Tensor>, read: ReadonlySet<Tensor>): Stage {
  const { inputs, outputs, operation } = loop;
  if (!operation.body) throw new Error(`internal: ${operation.name} is not a loop`);
  const { carried: count, variables, order } = operation.body;
  const before: Record<string, Tensor> = {};
  const inside = new Map(known);
  const names = inputs.map((tensor, at) => {
    const { node } = known.get(tensor) ?? tensor;
    if (node.operation.input) return node.operation.input.name;
    const name = `${label}.${at}`;
    const isOutside = at >= variables.length;
    // Constants are as well made again where they are read.
    if (isOutside && node.inputs.length === 0) return name;
    before[name] = tensor;
    if (isOutside) inside.set(tensor, input(name, tensor.dtype, tensor.shape));
    return name;
  });
  const isWanted = outputs.map((output, at) => at < count || read.has(output));
  const given = outputs.map((_, at) => `${label}>${at}`);
  const bodies = new Map<number, Outputs>();
  const bodyOf = (iterations: number): Outputs => {
    const states = inputs.slice(0, count).map(({ dtype, shape }, at) => input(stateInput(at), dtype, shape));
    const slices = inputs
      .slice(count, variables.length)
      .map(({ dtype, shape }, at) => input(sliceInput(at), dtype, [iterations, ...shape.slice(1)]));
    const laidOut = unrollLoop(loop, { carried: states, scanned: slices }, MOST_ITERATIONS, inside);
    return Object.fromEntries(given.flatMap((name, at) => (isWanted[at] ? [[name, laidOut[at]]] : [])));
  };
  const stage: Stage = {
    before: unrolled(before, known),
    carried: names.slice(0, count),
    scanned: names.slice(count, variables.length),
    states: given.slice(0, count),
    stacks: given.filter((_, at) => at >= count && isWanted[at]),
    order,
    body: (iterations) => {
      const body = bodies.get(iterations) ?? bodyOf(iterations);
      bodies.set(iterations, body);
      return body;
    },
  };
  for (const [at, output] of outputs.entries())
    known.set(output, input(given[at], output.dtype, output.shape, { anyLength: at >= count }));
  return stage;
}

function unrolled(outputs: Outputs, known: ReadonlyMap<Tensor, Tensor>): Outputs {
  const copies = unroll(Object.values(outputs), MOST_ITERATIONS, known);
  return Object.fromEntries(Object.keys(outputs).map((name, at) => [name, copies[at]]));
}

/** All values of one run by name: here, or on the device in one or several pieces along axis 0. */
interface Values<Value> {
  set(name: string, pieces: readonly Value[]): void;
  onDevice(name: string, uses: 'one' | 'many'): Promise<Value>;
  here(names: readonly string[]): Promise<readonly HostTensor[]>;
  drop(): void;
}

function makeValues<Value>(
  device: Device<Value>,
  fed: Readonly<Record<string, HostTensor>>,
  names: readonly string[],
): Values<Value> {
  const known = new Map(names.map((name) => [name, checkedInput(fed, name, names)]));
  const there = new Map<string, readonly Value[]>();
  const here = async (wanted: readonly string[]): Promise<readonly HostTensor[]> => {
    const missing = [...new Set(wanted.filter((name) => !known.has(name)))];
    if (missing.length > 0) {
      const pieces = missing.map((name) => must(there.get(name), name));
      const read = [...(await device.read(pieces.flat()))];
      for (const [at, name] of missing.entries()) known.set(name, joined(read.splice(0, pieces[at].length)));
    }
    return wanted.map((name) => must(known.get(name), name));
  };
  return {
    set: (name, pieces) => {
      there.set(name, pieces);
    },
    async onDevice(name, uses) {
      const found = there.get(name);
      if (found?.length === 1) return found[0];
      const [tensor] = await here([name]);
      const value = device.put(tensor, uses);
      if (uses === 'many') there.set(name, [...(found ?? []), value]);
      return value;
    },
    here,
    drop() {
      for (const value of new Set([...there.values()].flat())) device.drop(value);
    },
  };
}

async function runOnce<Value>(program: DeviceProgram<Value>, values: Values<Value>): Promise<void> {
  const feeds: Record<string, Value> = {};
  for (const name of program.inputNames) feeds[name] = await values.onDevice(name, 'one');
  for (const [name, value] of Object.entries(await program.run(feeds))) values.set(name, [value]);
}

async function runStage<Value>(
  device: Device<Value>,
  stage: Stage,
  values: Values<Value>,
  compiled: (part: Outputs) => Promise<DeviceProgram<Value>>,
): Promise<void> {
  if (Object.keys(stage.before).length > 0) await runOnce(await compiled(stage.before), values);
  const scanned = await values.here(stage.scanned);
  const [count] = scanned[0].shape;
  const pieces: Record<string, Value[]> = Object.fromEntries(stage.stacks.map((name) => [name, []]));
  const state: Value[] = [];
  for (const name of stage.carried) state.push(await values.onDevice(name, 'many'));
  for (let done = 0; done < count; ) {
    const length = count - done >= STRIDE ? STRIDE : 1;
    const from = stage.order === 'forward' ? done : count - done - length;
    const program = await compiled(stage.body(length));
    const feeds: Record<string, Value> = {};
    for (const [at, value] of state.entries()) feeds[stateInput(at)] = value;
    for (const [at, tensor] of scanned.entries())
      feeds[sliceInput(at)] = device.put(sliceOf(tensor, from, length), 'one');
    for (const name of program.inputNames) feeds[name] ??= await values.onDevice(name, 'many');
    const given = await program.run(feeds);
    for (const [at, name] of stage.states.entries()) {
      // The first ones belong to `values`.
      if (done > 0) device.drop(state[at]);
      state[at] = given[name];
    }
    for (const name of stage.stacks) pieces[name].push(given[name]);
    done += length;
  }
  for (const [at, name] of stage.states.entries()) values.set(name, [state[at]]);
  for (const name of stage.stacks) values.set(name, stage.order === 'forward' ? pieces[name] : pieces[name].reverse());
}

/** Elements of axis 0, as a view. */
function sliceOf({ data, shape }: HostTensor, from: number, length: number): HostTensor {
  const width = sizeOf(shape.slice(1));
  return { data: data.subarray(from * width, (from + length) * width), shape: [length, ...shape.slice(1)] };
}

/** One after the other along axis 0. */
function joined(parts: readonly HostTensor[]): HostTensor {
  const [{ data, shape }] = parts;
  if (parts.length === 1) return parts[0];
  const total = parts.reduce((sum, part) => sum + part.data.length, 0);
  const all = new (data.constructor as new (length: number) => HostData)(total);
  let at = 0;
  for (const part of parts) {
    all.set(part.data, at);
    at += part.data.length;
  }
  return { data: all, shape: [parts.reduce((sum, part) => sum + part.shape[0], 0), ...shape.slice(1)] };
}

function must<Value>(value: Value | undefined, name: string): Value {
  if (value === undefined) throw new Error(`internal: no value ${name} on the device`);
  return value;
}
