/** The OpenAPI document (3.1) of the routes, made from the schemas that they check requests by. */
import * as z from 'zod';
import { JSON_TYPE, PNG_TYPE, type Route } from './route.ts';

const complaintSchema = z.object({
  error: z.object({ where: z.string(), expected: z.string(), got: z.string(), fix: z.string() }),
});

export function openApi(routes: readonly Route[], version: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = openPath(route.path);
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'autoencoder serve', version, description: 'Trained autoencoders at work.' },
    components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
    paths,
  };
}

/** `/models/:id` → `/models/{id}` */
function openPath(path: string): string {
  return path.replace(/:(\w+)/g, '{$1}');
}

function operation({ path, method, summary, body, answer, isOpen }: Route): Record<string, unknown> {
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name);
  const error = { description: 'why it is refused', content: { [JSON_TYPE]: { schema: schemaOf(complaintSchema) } } };
  return {
    operationId: `${method.toLowerCase()}${path.replace(/[/:]+(\w)/g, (_, letter: string) => letter.toUpperCase()).replace(/\W/g, '')}`,
    summary,
    ...(isOpen ? { security: [] } : { security: [{}, { key: [] }] }),
    ...(names.length > 0
      ? { parameters: names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })) }
      : {}),
    ...(body ? { requestBody: { required: true, content: contentOf(body.json, body.binary) } } : {}),
    responses: {
      [answer.status]: { description: summary, content: contentOf(answer.json, answer.binary) },
      '4XX': error,
      '5XX': error,
    },
  };
}

function contentOf(json: z.ZodType | undefined, others: readonly string[]): Record<string, unknown> {
  return {
    ...(json ? { [JSON_TYPE]: { schema: schemaOf(json) } } : {}),
    ...Object.fromEntries(
      others.map((type) => [type, type.startsWith('text/') ? { schema: { type: 'string' } } : binary(type)]),
    ),
  };
}

function binary(type: string): Record<string, unknown> {
  return {
    schema: {
      contentMediaType: type,
      description: type === PNG_TYPE ? 'one picture, or a grid of them' : 'an array: float32 or uint8, examples first',
    },
  };
}

function schemaOf(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest;
}
