import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import '../contract/index.ts';
import { PROBLEMS } from '../domain/errors.ts';
import { openApiDocument } from './openapi.ts';
import { dicomWebDescriptions } from './routes/dicomWebDescriptions.ts';
import { routes } from './routes/index.ts';

const described = [...routes, ...dicomWebDescriptions];
const document = JSON.parse(JSON.stringify(openApiDocument(described, '1.2.3'))) as {
  paths: Record<string, Record<string, { operationId: string; responses: Record<string, unknown> }>>;
  components: { schemas: Record<string, unknown> };
};

function referencesIn(value: unknown): string[] {
  return [...JSON.stringify(value).matchAll(/"\$ref":"([^"]+)"/g)].map(match => match[1] ?? '');
}

describe('the OpenAPI document', () => {
  test('describes each route once, under a name of its own', () => {
    const operations = Object.values(document.paths).flatMap(path => Object.values(path));
    expect(operations).toHaveLength(described.length);
    expect(new Set(operations.map(operation => operation.operationId)).size).toBe(described.length);
  });

  test('refers only to schemas that it holds, and holds every named schema of the contract', () => {
    const held = Object.keys(document.components.schemas).map(id => `#/components/schemas/${id}`);
    expect(referencesIn(document).filter(reference => !held.includes(reference))).toEqual([]);
    const { schemas } = z.toJSONSchema(z.globalRegistry, { io: 'input' });
    expect(Object.keys(document.components.schemas).sort()).toEqual(Object.keys(schemas).sort());
    expect(referencesIn(document.paths)).toContain('#/components/schemas/PredictionRequest');
  });

  test('says for each path parameter what it is', () => {
    for (const route of described) {
      const named = [...route.path.matchAll(/\{(\w+)\}/g)].map(match => match[1]);
      expect(Object.keys(route.parameters?.shape ?? {}).sort()).toEqual(named.sort());
    }
  });
});

describe('docs/problems.md', () => {
  const markdown = readFileSync(new URL('../../../docs/problems.md', import.meta.url), 'utf8');
  const sections = [...markdown.matchAll(/^## (\S+)\n\nStatus (\d+)\. (.+)$/gm)];

  test('explains every problem code, in the order of the table, with its status, and no other', () => {
    const table = Object.entries(PROBLEMS).map(([code, { status }]) => [code, String(status)]);
    expect(sections.map(([, code, status]) => [code, status])).toEqual(table);
    expect(markdown.match(/^## /gm)).toHaveLength(table.length);
  });
});
