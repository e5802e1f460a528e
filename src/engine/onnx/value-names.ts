/** What values of a graph are called: names that users choose must not be those of values inside. */
import type { OnnxGraph } from './protobuf.ts';

/** All names of values in a graph and in the bodies of its loops. */
export function namesIn({ nodes, constants, inputs }: OnnxGraph): string[] {
  return [
    ...constants.map(({ name }) => name),
    ...inputs.map(({ name }) => name),
    ...nodes.flatMap(({ outputs, attributes = {} }) => [
      ...outputs,
      ...Object.values(attributes).flatMap((attribute) => ('graph' in attribute ? namesIn(attribute.graph) : [])),
    ]),
  ];
}

/** The same graph with some of its inputs called otherwise. */
export function withInputsNamed(graph: OnnxGraph, names: Readonly<Record<string, string>>): OnnxGraph {
  const nameOf = (name: string): string => names[name] ?? name;
  return {
    ...graph,
    inputs: graph.inputs.map((value) => ({ ...value, name: nameOf(value.name) })),
    nodes: graph.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(nameOf),
      attributes: Object.fromEntries(
        Object.entries(node.attributes ?? {}).map(([key, attribute]) => [
          key,
          'graph' in attribute ? { graph: withInputsNamed(attribute.graph, names) } : attribute,
        ]),
      ),
    })),
  };
}

/** Chooses names beside those that are taken. */
export interface FreeNames {
  /** What is wanted, with `_` behind it as often as it takes. */
  nameFor(wanted: string): string;
  /** What no name begins with that was taken or given so far. */
  prefix(): string;
}

export function freeNames(reserved: Iterable<string>): FreeNames {
  const taken = new Set(reserved);
  return {
    nameFor(wanted) {
      let name = wanted === '' ? 'column' : wanted;
      while (taken.has(name)) name = `${name}_`;
      taken.add(name);
      return name;
    },
    prefix() {
      let prefix = 'raw.';
      while ([...taken].some((name) => name.startsWith(prefix))) prefix = `raw${prefix}`;
      return prefix;
    },
  };
}
