/** What can be asked of models: what they are, codes, reconstructions, errors, new examples, neighbours. */
import * as z from 'zod';
import { labelsFor } from '../applications/draw.ts';
import { encodeUntold } from '../applications/trained.ts';
import { createRandom } from '../base/random.ts';
import { undoScaling } from '../data/columns/scaling.ts';
import { arrayAnswer, jsonAnswer, sourceAnswer } from './answer.ts';
import type { Rows } from './batching.ts';
import type { BodyReader } from './body.ts';
import { detectedIn } from './detected.ts';
import { binaryTypes, checkCount, codesFrom, examplesFrom, observedOf, sourceFrom } from './examples-body.ts';
import type { Limits } from './limits.ts';
import { describeModel, modelSchema } from './model-description.ts';
import { Refusal } from './refusal.ts';
import type { Registry } from './registry.ts';
import { mediaTypeOf, parseJson } from './request.ts';
import { type Asking, JSON_TYPE, NPY_TYPE, PNG_TYPE, type Route } from './route.ts';
import type { ServedModel, Task } from './served-model.ts';

const row = z.unknown().meta({
  description:
    'flat numbers (row-major) for a model of arrays, an object by columns for one of tables; null is missing',
  anyOf: [
    { type: 'array', items: { type: ['number', 'null'] } },
    { type: 'object', additionalProperties: { type: ['number', 'string', 'null'] } },
  ],
});
const labels = z.array(z.string().nullable()).optional().describe('the class of each row, for models that are told it');
const rowsSchema = z.strictObject({ rows: z.array(row).min(1), labels });
const matrix = z.array(z.array(z.number()));
const answeredRows = z.object({ rows: z.array(row) });
const codesSchema = z.strictObject({
  codes: z.array(z.unknown().meta({ type: 'array', items: { type: 'number' } })).min(1),
  label: z.string().optional().describe('class of all of them, for models that know classes'),
});
const generateSchema = z.strictObject({
  count: z.int().min(1),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(0),
  label: z.string().optional(),
  truncation: z.number().gt(0).max(1).optional().describe('makes a normal prior narrower'),
});
const searchSchema = z.strictObject({ ...rowsSchema.shape, top: z.int().min(1).max(1000).default(10) });
const cell = z.union([z.number(), z.string()]).nullable();
const reason = z.object({ column: z.string(), nats: z.number(), value: cell, expected: cell });
const detected = z.object({
  score: z.number().describe('nats by which the example surprises'),
  isAnomaly: z.boolean(),
  rarity: z.number().describe('share of what is normal that scores at least as high'),
  reasons: z.array(reason).describe('of tables: the columns that surprise most, most first'),
});
const match = z.object({ name: z.string(), label: z.string().optional(), distance: z.number() });

export interface ModelRoutesOptions {
  readonly models: Registry;
  readonly limits: Limits;
  readonly bodies: BodyReader;
}

export function modelRoutes({ models, limits, bodies }: ModelRoutesOptions): Route[] {
  const modelOf = ({ parameters }: Asking): ServedModel => models.get(parameters.id);

  /** The body's examples through a task. */
  const onExamples = (
    asking: Asking,
    answer: (model: ServedModel, rows: Rows, run: (task: Task) => Promise<Float32Array>) => Promise<Response>,
  ): Promise<Response> => {
    const model = modelOf(asking);
    const type = mediaTypeOf(asking.incoming, [JSON_TYPE, ...binaryTypes(model.trained)]);
    return bodies.read(asking.incoming, (bytes) => {
      const body = type === JSON_TYPE ? parseJson(bytes, rowsSchema) : bytes;
      const rows = examplesFrom(model.trained, body, type, limits.rows);
      return answer(model, rows, (task) => model.run(task, rows, asking.isWanted));
    });
  };
  const sent = { json: rowsSchema, binary: [NPY_TYPE, PNG_TYPE] };

  return [
    {
      method: 'GET',
      path: '/models',
      summary: 'the models that are served',
      answer: { status: 200, json: z.object({ models: z.array(modelSchema) }), binary: [] },
      handle: () => jsonAnswer({ models: models.all().map(describeModel) }),
    },
    {
      method: 'GET',
      path: '/models/:id',
      summary: 'what a model is, and what it takes',
      answer: { status: 200, json: modelSchema, binary: [] },
      handle: (asking) => jsonAnswer(describeModel(modelOf(asking))),
    },
    {
      method: 'POST',
      path: '/models/:id/encode',
      summary: 'codes of examples, [rows, latent]',
      body: sent,
      answer: { status: 200, json: z.object({ codes: matrix }), binary: [NPY_TYPE] },
      handle: (asking) =>
        onExamples(asking, async ({ trained }, rows, run) =>
          arrayAnswer(asking, 'codes', await run('encode'), [rows.count, trained.model.blueprint.latent], limits),
        ),
    },
    {
      method: 'POST',
      path: '/models/:id/score',
      summary:
        'mean squared error of the reconstruction per feature, in scaled units, of each example (of tokens: the share told wrongly)',
      body: sent,
      answer: { status: 200, json: z.object({ scores: z.array(z.number()) }), binary: [NPY_TYPE] },
      handle: (asking) =>
        onExamples(asking, async ({ trained }, rows, run) => {
          const errors = await run('score');
          const observed = observedOf(rows, trained.model.blueprint.shape);
          const scores = errors.map((error, at) => error / observed[at]);
          return arrayAnswer(asking, 'scores', scores, [rows.count], limits);
        }),
    },
    {
      method: 'POST',
      path: '/models/:id/reconstruct',
      summary: 'examples through their codes and back, in the units of the training data',
      body: sent,
      answer: { status: 200, json: answeredRows, binary: [NPY_TYPE, PNG_TYPE] },
      handle: (asking) =>
        onExamples(asking, async ({ trained }, { count }, run) =>
          sourceAnswer(asking, undoScaling(trained.card.scaling, await run('reconstruct'), count), limits),
        ),
    },
    {
      method: 'POST',
      path: '/models/:id/decode',
      summary: 'examples rebuilt from codes, in the units of the training data',
      body: { json: codesSchema, binary: [NPY_TYPE] },
      answer: { status: 200, json: answeredRows, binary: [NPY_TYPE, PNG_TYPE] },
      handle: (asking) => {
        const model = modelOf(asking);
        const type = mediaTypeOf(asking.incoming, [JSON_TYPE, NPY_TYPE]);
        return bodies.read(asking.incoming, async (bytes) => {
          const body = type === JSON_TYPE ? parseJson(bytes, codesSchema) : bytes;
          const codes = codesFrom(model.trained, body, limits.rows);
          const classes = labelsFor(model.trained, 'label' in body ? body.label : undefined, codes.count);
          const values = await model.run('decode', { ...codes, labels: classes }, asking.isWanted);
          return sourceAnswer(asking, undoScaling(model.trained.card.scaling, values, codes.count, 'decoded'), limits);
        });
      },
    },
    {
      method: 'POST',
      path: '/models/:id/generate',
      summary: 'new examples, decoded from codes that the prior of the kind draws',
      body: { json: generateSchema, binary: [] },
      answer: { status: 200, json: answeredRows, binary: [NPY_TYPE, PNG_TYPE] },
      handle: (asking) => {
        const model = modelOf(asking);
        mediaTypeOf(asking.incoming, [JSON_TYPE]);
        return bodies.read(asking.incoming, async (bytes) => {
          const { count, seed, label, truncation } = parseJson(bytes, generateSchema);
          checkCount(count, limits.rows);
          const random = createRandom(seed).fork('generate');
          return sourceAnswer(asking, await model.generate({ count, label, truncation, random }), limits);
        });
      },
    },
    {
      method: 'POST',
      path: '/models/:id/detect',
      summary:
        'how unlike what is normal each example is, whether that is above the threshold of the detector, and why',
      body: sent,
      answer: {
        status: 200,
        json: z.object({ threshold: z.number(), detected: z.array(detected) }),
        binary: [],
      },
      handle: (asking) => {
        const { id, detect, trained } = modelOf(asking);
        if (!detect) throw noDetector(id);
        const type = mediaTypeOf(asking.incoming, [JSON_TYPE, ...binaryTypes(trained)]);
        return bodies.read(asking.incoming, async (bytes) => {
          const body = type === JSON_TYPE ? parseJson(bytes, rowsSchema) : bytes;
          const source = sourceFrom(trained, body, type, limits.rows);
          return jsonAnswer(detectedIn(source, await detect(source)));
        });
      },
    },
    {
      method: 'POST',
      path: '/models/:id/search',
      summary: 'the examples of an index whose codes are nearest, of each example',
      body: { json: searchSchema, binary: [NPY_TYPE, PNG_TYPE] },
      answer: { status: 200, json: z.object({ found: z.array(z.array(match)) }), binary: [] },
      handle: (asking) => {
        const model = modelOf(asking);
        const { search, trained } = model;
        if (!search) throw noIndex(model.id);
        const type = mediaTypeOf(asking.incoming, [JSON_TYPE, ...binaryTypes(trained)]);
        return bodies.read(asking.incoming, async (bytes) => {
          const body = type === JSON_TYPE ? parseJson(bytes, searchSchema) : bytes;
          const { values, count } = examplesFrom(trained, body, type, limits.rows);
          const codes = await encodeUntold(trained, { values, count });
          const found = await search(codes, 'top' in body ? body.top : 10);
          return jsonAnswer({ found: found.map((matches) => matches.map(({ row: _, ...rest }) => rest)) });
        });
      },
    },
  ];
}

function noIndex(id: string): Refusal {
  return new Refusal(404, {
    where: `models/${id}/search`,
    expected: 'a model that is served with an index',
    got: 'one without',
    fix: 'start the server with the folder of an index: autoencoder index MODEL DATA',
  });
}

function noDetector(id: string): Refusal {
  return new Refusal(404, {
    where: `models/${id}/detect`,
    expected: 'a detector',
    got: 'a model that is none',
    fix: 'start the server with the folder of one: autoencoder anomalies --fit DATA --out FOLDER',
  });
}
