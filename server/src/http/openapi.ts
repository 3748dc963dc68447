import { z } from 'zod';
import { problemSchema } from '../contract/problem.ts';
import { PROBLEMS, type ProblemCode } from '../domain/errors.ts';
import { problemType } from './problemResponse.ts';
import { COMMON_PROBLEMS, type RouteDescription, type RouteResponse } from './route.ts';

const SCHEMAS = '#/components/schemas/';

type Json = Readonly<Record<string, unknown>>;

/** OpenAPI 3.1 of the routes; the schemas are the contract's own. */
export function openApiDocument(routes: readonly RouteDescription[], version: string): Json {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method] = operationOf(route);
  return {
    openapi: '3.1.0',
    info: {
      ...{ title: 'Tomoclick', version },
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      description: 'One click in a CT or MR series, one 3D DICOM Segmentation back. For research use.',
    },
    servers: [{ url: '/' }],
    paths,
    components: { schemas: componentSchemas() },
  };
}

function operationOf(route: RouteDescription): Json {
  const { operationId, summary, description } = route;
  return {
    ...{ operationId, summary, tags: [tagOf(route.path)] },
    ...(description !== undefined && { description }),
    parameters: [
      ...parametersOf('path', route.parameters),
      ...parametersOf('query', route.query),
      ...Object.entries(route.headers ?? {}).map(([name, text]) => ({
        ...{ in: 'header', name, required: false, description: text, schema: { type: 'string' } },
      })),
    ],
    ...(route.body && {
      requestBody: { required: true, content: { 'application/json': { schema: schemaOf(route.body) } } },
    }),
    ...(route.bodyMediaType !== undefined && {
      requestBody: { required: true, content: { [route.bodyMediaType]: {} } },
    }),
    responses: {
      ...Object.fromEntries(
        Object.entries(route.responses).map(([status, each]) => [status, responseOf(each)]),
      ),
      ...problemResponses(route),
    },
  };
}

function tagOf(path: string): string {
  return /^\/api\/v1\/([^/]+)/.exec(path)?.[1] ?? (path.startsWith('/dicom-web') ? 'dicom-web' : 'server');
}

function parametersOf(place: 'path' | 'query', schema: z.ZodObject | undefined): readonly Json[] {
  return Object.entries(schema?.shape ?? {}).map(([name, parameter]) => ({
    ...{ in: place, name, required: place === 'path' },
    schema: schemaOf(parameter as z.ZodType, 'output'),
  }));
}

function responseOf({ description, content, headers }: RouteResponse): Json {
  return {
    description,
    ...(headers && {
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, text]) => [
          name,
          { description: text, schema: { type: 'string' } },
        ]),
      ),
    }),
    ...(content && {
      content: Object.fromEntries(
        Object.entries(content).map(([mediaType, schema]) => [
          mediaType,
          // A binary body has no schema in OpenAPI 3.1.
          schema === 'binary' ? {} : { schema: schemaOf(schema) },
        ]),
      ),
    }),
  };
}

function problemResponses(route: RouteDescription): Json {
  const codes = [...new Set<ProblemCode>([...COMMON_PROBLEMS, ...route.problems])];
  const statuses = [...new Set(codes.map(code => PROBLEMS[code].status))].sort((a, b) => a - b);
  return Object.fromEntries(
    statuses
      .filter(status => !(status in route.responses))
      .map(status => {
        const here = codes.filter(code => PROBLEMS[code].status === status);
        const lines = here.map(code => `[${code}](${problemType(code)}): ${PROBLEMS[code].title}`);
        return [
          status,
          {
            description: lines.join('; '),
            content: { 'application/problem+json': { schema: schemaOf(problemSchema) } },
          },
        ];
      }),
  );
}

/** A reference where the contract gave the schema a name, else the schema itself. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output' = 'input'): Json {
  const id = z.globalRegistry.get(schema)?.id;
  if (typeof id === 'string') return { $ref: `${SCHEMAS}${id}` };
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io });
  return rest;
}

function componentSchemas(): Json {
  const { schemas } = z.toJSONSchema(z.globalRegistry, { io: 'input', uri: id => `${SCHEMAS}${id}` });
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $schema: _schema, $id: _id, ...schema }]) => [id, schema]),
  );
}
