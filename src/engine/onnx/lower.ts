/** From graph to ONNX: which node goes into which (sub)graph, and names that are unique across all of them. */
import { inputsFirst } from '../../graph/order.ts';
import type { DataType, Emit, LoopBody, Node, Shape, Tensor } from '../../graph/tensor.ts';
import { type AddNode, BLOCKED, type Block, blockedConvolution, gainsFromBlocks } from './blocked-convolution.ts';
import type { OnnxConstant, OnnxGraph, OnnxNode, OnnxType, OnnxValue } from './protobuf.ts';

/** Version of the ONNX operator set that lowerings are written for. */
export const OPSET = 20;

export interface Lowered {
  readonly graph: OnnxGraph;
  /** The ONNX name of each output. */
  readonly outputNames: Readonly<Record<string, string>>;
  /** Versions of the operators in it, by domain. */
  readonly versions: Readonly<Record<string, number>>;
  /** Whether a runtime with blocked convolution would be faster with it. */
  readonly gainsFromBlocks: boolean;
}

/** What is known of the place where a graph will run; by default that it is plain ONNX Runtime. */
export interface Target {
  /** Channels of its blocked convolution: then the graph holds operators that only the runtime which was probed for it is sure to have. */
  readonly block?: Block;
  /** Tensors that one operation may read and write, all together. */
  readonly mostTensors?: number;
}

/** The ONNX graph that computes the named `outputs`; only inputs that they need appear in it. */
export function lower(outputs: Readonly<Record<string, Tensor>>, target: Target = {}): Lowered {
  const { block } = target;
  const lowering = new Lowering(Object.values(outputs), target);
  const values = lowering.results(lowering.root, Object.values(outputs));
  const { nodes } = lowering.root;
  const graph = { name: 'graph', nodes, constants: lowering.constants, inputs: lowering.inputs, outputs: values };
  return {
    graph,
    outputNames: Object.fromEntries(Object.keys(outputs).map((name, at) => [name, values[at].name])),
    versions: { '': OPSET, ...(block && { [BLOCKED.domain]: BLOCKED.version }) },
    gainsFromBlocks: lowering.gainsFromBlocks,
  };
}

/** What loops are known by: several nodes with one list of variables are one loop. */
type LoopKey = LoopBody['variables'];

/** One (sub)graph under construction; `loop` is absent at the root. */
interface Scope {
  readonly loop: LoopKey | undefined;
  readonly nodes: OnnxNode[];
}

class Lowering {
  readonly root: Scope = { loop: undefined, nodes: [] };
  readonly constants: OnnxConstant[] = [];
  readonly inputs: OnnxValue[] = [];
  gainsFromBlocks = false;
  readonly #block: Block | undefined;
  readonly #mostTensors: number;
  readonly #scopes: Scope[] = [this.root];
  readonly #names = new Map<Tensor, string>();
  readonly #constantNames = new Map<string, string>();
  readonly #loopsOf: ReadonlyMap<Node, ReadonlySet<LoopKey>>;
  readonly #stacked: ReadonlyMap<LoopKey, ReadonlySet<Tensor>>;
  /** Of the loops emitted so far: names of the final states, and of the stacks by what they are stacks of. */
  readonly #loopStates = new Map<LoopKey, readonly string[]>();
  readonly #loopStacks = new Map<LoopKey, ReadonlyMap<Tensor, string>>();
  #counter = 0;

  constructor(outputs: readonly Tensor[], { block, mostTensors = Infinity }: Target) {
    this.#block = block;
    this.#mostTensors = mostTensors;
    this.#loopsOf = loopDependencies(outputs);
    this.#stacked = stackedResults(outputs, [...this.#loopsOf.keys()]);
  }

  /** The ONNX name of a tensor, after emitting whatever it needs. */
  nameOf(tensor: Tensor): string {
    for (const node of inputsFirst(tensor.node, ({ outputs }) => this.#names.has(outputs[0]))) this.#emitNode(node);
    return this.#known(tensor);
  }

  /**
   * Names for what a (sub)graph gives out. ONNX wants each made by a node of that graph and none twice; only where that is not
   * so already, a copy is made.
   */
  results(scope: Scope, tensors: readonly Tensor[]): OnnxValue[] {
    const used = new Set<string>();
    const isRoot = scope === this.root;
    return tensors.map((tensor): OnnxValue => {
      const { shape, dtype } = tensor;
      let name = this.nameOf(tensor);
      const isOwn = scope.nodes.some(({ outputs }) => outputs.includes(name));
      if (!isOwn || used.has(name)) {
        const source = name;
        name = this.#fresh('result');
        scope.nodes.push({ operator: 'Identity', inputs: [source], outputs: [name] });
      }
      used.add(name);
      return { name, dtype, shape: isRoot ? shape.map((_, axis) => `${name}.${axis}`) : shape };
    });
  }

  #known(tensor: Tensor): string {
    const name = this.#names.get(tensor);
    if (name === undefined) throw new Error(`internal: ${tensor.node.operation.name} has no name in this graph`);
    return name;
  }

  #emitNode(node: Node): void {
    const { operation } = node;
    if (operation.input) {
      const { name, anyLength } = operation.input;
      const [{ shape, dtype }] = node.outputs;
      this.inputs.push({
        name,
        dtype,
        shape: shape.map((length, axis) => (anyLength && axis === 0 ? `${name}.0` : length)),
      });
      this.#names.set(node.outputs[0], name);
      return;
    }
    const names = operation.lower(
      node.inputs.map((input) => this.#known(input)),
      this.#emitInto(this.#scopeOf(node)),
      node,
    );
    for (const [index, output] of node.outputs.entries()) this.#names.set(output, names[index]);
  }

  /** The innermost open loop that the node depends on: everything else is computed outside, once. */
  #scopeOf(node: Node): Scope {
    const loops = this.#loopsOf.get(node);
    const scope = this.#scopes.findLast(({ loop }) => !loop || loops?.has(loop));
    return scope ?? this.root;
  }

  #emitInto(scope: Scope): Emit {
    const node: AddNode = (operator, inputs, attributes = {}, domain = '') => {
      const output = this.#fresh(operator);
      scope.nodes.push({ operator, domain, inputs, outputs: [output], attributes });
      return output;
    };
    return {
      node,
      outputs: (operator, inputs, count, attributes = {}) => {
        const outputs = Array.from({ length: count }, () => this.#fresh(operator));
        scope.nodes.push({ operator, inputs, outputs, attributes });
        return outputs;
      },
      pieces: (name, axis, sizes) => {
        const ints = (values: readonly number[]): string => this.#constant('int64', [values.length], values);
        if (sizes.length < this.#mostTensors) {
          const outputs = sizes.map(() => this.#fresh('Split'));
          const attributes = { axis: { int: axis } };
          scope.nodes.push({ operator: 'Split', inputs: [name, ints(sizes)], outputs, attributes });
          return outputs;
        }
        let end = 0;
        return sizes.map((size) => {
          end += size;
          return node('Slice', [name, ints([end - size]), ints([end]), ints([axis])]);
        });
      },
      joined: (names, axis) => {
        let parts = names;
        const attributes = { axis: { int: axis } };
        const most = this.#mostTensors - 1;
        while (parts.length > most)
          parts = Array.from({ length: Math.ceil(parts.length / most) }, (_, at) => {
            const some = parts.slice(at * most, (at + 1) * most);
            return some.length === 1 ? some[0] : node('Concat', some, attributes);
          });
        return node('Concat', parts, attributes);
      },
      convolution: (inputs, kernel, attributes) => {
        const gains = gainsFromBlocks(kernel);
        this.gainsFromBlocks ||= gains;
        if (!gains || !this.#block) return node('Conv', inputs, attributes);
        const ints = (values: readonly number[]): string => this.#constant('int64', [values.length], values);
        return blockedConvolution(inputs, kernel, attributes, this.#block, node, ints);
      },
      constant: (dtype, shape, values) => this.#constant(dtype, shape, values),
      loop: (inputs, node) => this.#emitLoop(scope, inputs, node),
    };
  }

  /** Emits a loop with all stacks that any of its nodes is asked for, where that has not happened yet. */
  #emitLoop(scope: Scope, inputs: readonly string[], { operation, outputs }: Node): string[] {
    const { body } = operation;
    if (!body) throw new Error(`internal: ${operation.name} has no body`);
    const { variables, carried, results } = body;
    let stacks = this.#loopStacks.get(variables);
    const states = results.slice(0, carried);
    if (!stacks) {
      const wanted = [...(this.#stacked.get(variables) ?? [])];
      const names = [...states, ...wanted].map(() => this.#fresh('Scan'));
      const direction = body.order === 'forward' ? 0 : 1;
      const scannedCount = variables.length - carried;
      scope.nodes.push({
        operator: 'Scan',
        inputs,
        outputs: names,
        attributes: {
          num_scan_inputs: { int: scannedCount },
          scan_input_directions: { ints: new Array<number>(scannedCount).fill(direction) },
          ...(wanted.length > 0 && {
            scan_output_directions: { ints: new Array<number>(wanted.length).fill(direction) },
          }),
          body: { graph: this.#lowerBody(variables, [...states, ...wanted]) },
        },
      });
      stacks = new Map(wanted.map((tensor, at) => [tensor, names[carried + at]]));
      this.#loopStacks.set(variables, stacks);
      this.#loopStates.set(variables, names.slice(0, carried));
    }
    const stateNames = this.#loopStates.get(variables) ?? [];
    // What nobody asks for has no name; nobody asks for that either.
    return outputs.map((_, at) => (at < carried ? stateNames[at] : (stacks.get(results[at]) ?? '')));
  }

  #lowerBody(variables: LoopKey, results: readonly Tensor[]): OnnxGraph {
    const scope: Scope = { loop: variables, nodes: [] };
    this.#scopes.push(scope);
    const inputs = variables.map((variable): OnnxValue => {
      const name = this.#fresh('variable');
      this.#names.set(variable, name);
      return { name, dtype: variable.dtype, shape: variable.shape };
    });
    const outputs = this.results(scope, results);
    this.#scopes.pop();
    return { name: this.#fresh('body'), nodes: scope.nodes, constants: [], inputs, outputs };
  }

  #constant(dtype: DataType, shape: Shape, values: ArrayLike<number>): string {
    const bytes = elementBytes(dtype, values);
    const key = bytes.length <= 256 ? `${dtype} [${shape}] ${bytes}` : '';
    const known = this.#constantNames.get(key);
    if (key !== '' && known !== undefined) return known;
    const name = this.#fresh('constant');
    this.constants.push({ name, dtype, shape, bytes });
    this.#constantNames.set(key, name);
    return name;
  }

  #fresh(label: string): string {
    this.#counter += 1;
    return `${label}_${this.#counter}`;
  }
}

/** For every node reachable from `outputs`, through bodies too: the loops whose variables it depends on. */
function loopDependencies(outputs: readonly Tensor[]): Map<Node, Set<LoopKey>> {
  const loops = new Map<Node, Set<LoopKey>>();
  const stack = outputs.map(({ node }) => ({ node, entered: false }));
  for (let top = stack.pop(); top; top = stack.pop()) {
    const { node, entered } = top;
    if (loops.has(node)) continue;
    const { body } = node.operation;
    const sources = [...node.inputs, ...(body?.results ?? [])];
    if (!entered) {
      if (body) for (const variable of body.variables) loops.set(variable.node, new Set([body.variables]));
      stack.push({ node, entered: true });
      for (const source of sources) if (!loops.has(source.node)) stack.push({ node: source.node, entered: false });
      continue;
    }
    const own = new Set<LoopKey>();
    for (const source of sources) for (const loop of loops.get(source.node) ?? []) own.add(loop);
    if (body) own.delete(body.variables);
    loops.set(node, own);
  }
  return loops;
}

/** What each loop has to stack: the results that any of `nodes` reads, or that are among `outputs`. */
function stackedResults(outputs: readonly Tensor[], nodes: readonly Node[]): Map<LoopKey, Set<Tensor>> {
  const stacked = new Map<LoopKey, Set<Tensor>>();
  const reads = nodes.flatMap(({ inputs, operation }) => [...inputs, ...(operation.body?.results ?? [])]);
  for (const { node, index } of [...outputs, ...reads]) {
    const { body } = node.operation;
    if (!body || index < body.carried) continue;
    const results = stacked.get(body.variables) ?? new Set();
    stacked.set(body.variables, results.add(body.results[index]));
  }
  return stacked;
}

/** Numbers as the elements of a constant. */
export function elementBytes(dtype: Exclude<OnnxType, 'string'>, values: ArrayLike<number>): Uint8Array {
  switch (dtype) {
    case 'float32':
      return new Uint8Array(Float32Array.from(values).buffer);
    case 'float64':
      return new Uint8Array(Float64Array.from(values).buffer);
    case 'int32':
      return new Uint8Array(Int32Array.from(values).buffer);
    case 'uint32':
      return new Uint8Array(Uint32Array.from(values).buffer);
    case 'int64':
      return new Uint8Array(BigInt64Array.from(Array.from(values, (value) => BigInt(value))).buffer);
    case 'uint8':
    case 'bool':
      return Uint8Array.from(values);
    default:
      return dtype satisfies never;
  }
}
