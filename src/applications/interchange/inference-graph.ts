/**
 * A model at work as graph, from scaled values to everything that a file for other runtimes gives out:
 *
 *   scaled ── fill gaps ── encode ── code ── decode ── reconstruction ── miss of each column ── score ── above the threshold or not
 */
import { add, divide, maximum, multiply, subtract } from '../../graph/ops/arithmetic.ts';
import { broadcastTo, reshape, sum } from '../../graph/ops/broadcast.ts';
import { greater, isNan, where } from '../../graph/ops/comparison.ts';
import { square } from '../../graph/ops/elementwise.ts';
import { constant, input } from '../../graph/ops/input.ts';
import { slice } from '../../graph/ops/shape.ts';
import type { Tensor } from '../../graph/tensor.ts';
import type { ModelCard, Parameters } from '../../model/file/model-file.ts';
import type { Batch, Model } from '../../model/model.ts';
import { traceWith } from '../../model/trace.ts';
import { columnSpans } from '../cells.ts';
import type { Calibration } from '../surprise.ts';
import { byColumn, flat, presentColumns, type Spans, surpriseGraph } from './surprise-graph.ts';

/** A model that leaves the machine, and what it usually misses where it is of a detector. */
export interface PortableMember {
  readonly card: ModelCard;
  readonly model: Model;
  readonly parameters: Parameters;
  readonly calibration?: Calibration;
}

export interface PortableModel {
  /** Several of a detector; one otherwise. */
  readonly members: readonly PortableMember[];
  /** Scores above it are anomalies; of detectors. */
  readonly threshold?: number;
}

/** What the graph reads of member `at`: its scaled values. */
export function scaledName(at: number): string {
  return `scaled${at + 1}`;
}

/** What the graph reads of the classes that models are told, int32 `[batch]`, −1 where unknown. */
export const CLASS_NAME = 'class';

/** Whether encoder or decoder is told the class of an example. */
export function isToldClass({ kind, blueprint }: Model): boolean {
  return blueprint.classes > 0 && (kind.labels === 'told' || blueprint.decoders === 'each');
}

/** What the graph calls a parameter of member `at`. */
export function parameterName({ members }: PortableModel, at: number, name: string): string {
  return members.length === 1 ? name : `member${at + 1}.${name}`;
}

/** Whether misses are told column by column: of rows of a table, unless they are counts of a whole. */
export function hasColumnErrors({ members: [{ card, calibration }] }: PortableModel): boolean {
  const { blueprint, scaling } = card;
  return scaling.form === 'columns' && (calibration !== undefined || blueprint.loss !== 'multinomial');
}

/**
 * `code` and `reconstruction` (scaled) of the first member, `score` `[batch]` averaged over all, `columnErrors` `[batch, columns]` and
 * `isAnomaly` where there are such.
 */
export function inferenceGraph(portable: PortableModel, batch: number): Record<string, Tensor> {
  const { members, threshold } = portable;
  const all = members.map((member, at) => memberGraph(portable, member, at, batch));
  const [{ code, reconstruction }] = all;
  const score = averaged(all.map((one) => one.score));
  return {
    code,
    reconstruction,
    score,
    ...(hasColumnErrors(portable) ? { columnErrors: averaged(all.map((one) => one.columns())) } : {}),
    ...(threshold === undefined ? {} : { isAnomaly: greater(score, threshold) }),
  };
}

export interface MemberOutputs {
  readonly code: Tensor;
  readonly reconstruction: Tensor;
  readonly score: Tensor;
  /** Made where asked for: tokens have none. */
  readonly columns: () => Tensor;
}

function memberGraph(portable: PortableModel, member: PortableMember, at: number, size: number): MemberOutputs {
  const { model, card } = member;
  const parameters = new Map(
    model.parameters.map(({ name, shape }) => [name, input(parameterName(portable, at, name), 'float32', shape)]),
  );
  const isBytes = card.scaling.form === 'pixels';
  const given = input(scaledName(at), isBytes ? 'uint8' : 'float32', [size, ...model.blueprint.shape]);
  return memberOutputs(member, parameters, given);
}

/** What a model says of `given`, scaled `[batch, …shape]` with NaN where it is missing, unless it is known that nothing is. */
export function memberOutputs(
  { card, model, calibration }: Omit<PortableMember, 'parameters'>,
  parameters: ReadonlyMap<string, Tensor>,
  given: Tensor,
  gaps: 'some' | 'none' = 'some',
): MemberOutputs {
  const { blueprint } = model;
  const [size] = given.shape;
  const trace = traceWith(parameters, { purpose: 'inference', key: constant([0, 0], [2], 'uint32') });
  const missing = given.dtype === 'uint8' || gaps === 'none' ? undefined : isNan(given);
  // A model that knows gaps is shown them; the others see the mean there, or no token at all.
  const filler = blueprint.vocabulary > 0 ? -1 : 0;
  const values = missing && !blueprint.hasMissing ? where(missing, filler, given) : given;
  const labels = blueprint.classes > 0 ? classesOf(model, size) : undefined;
  const batch = model.read(trace, { values, ...(labels ? { labels } : {}) });

  const { code } = model.posterior(trace, batch);
  const likelihood = model.likelihood(trace);
  const output = model.output(trace, code, batch.label);
  const reconstruction = likelihood.mean(output);
  const isThere = flat(missing ? where(missing, 0, 1) : constant(1, given.shape));
  const spans = columnSpans(card.scaling);
  if (calibration) {
    const told = { x: flat(batch.x), isThere, reconstruction: flat(reconstruction), code };
    const facts = { spans, calibration, isGrid: blueprint.shape.length > 1, examples: card.data.examples };
    const { score, columns } = surpriseGraph(told, facts);
    return { code, reconstruction, score, columns: () => columns };
  }
  const squares = likelihood.squaredError(batch.x, output, batch.missing ?? (missing && ofEntries(missing, batch.x)));
  const score = divide(squares, maximum(sum(isThere, [1]), 1));
  return { code, reconstruction, score, columns: () => squaresByColumn(batch, reconstruction, isThere, spans) };
}

/** Tokens are one-hot there: all entries of one that is missing are. */
function ofEntries(missing: Tensor, x: Tensor): Tensor {
  return missing.shape.length === x.shape.length
    ? missing
    : broadcastTo(reshape(missing, [...missing.shape, 1]), x.shape);
}

function classesOf(model: Model, size: number): Tensor {
  return isToldClass(model) ? input(CLASS_NAME, 'int32', [size]) : constant(-1, [size], 'int32');
}

/** Σ (x − x̂)² of the entries of each column, `[batch, columns]`. */
function squaresByColumn({ x }: Batch, reconstruction: Tensor, isThere: Tensor, spans: Spans): Tensor {
  const squares = square(subtract(x, reconstruction));
  const totals = byColumn(spans, {
    ofNumbers: (from, to) => slice(squares, 1, from, to),
    ofGroup: (from, to) => reshape(sum(slice(squares, 1, from, to), [1]), [squares.shape[0], 1]),
  });
  return multiply(totals, presentColumns(isThere, spans));
}

function averaged(tensors: readonly Tensor[]): Tensor {
  const total = tensors.reduce((sofar, tensor) => add(sofar, tensor));
  return tensors.length === 1 ? total : divide(total, tensors.length);
}
