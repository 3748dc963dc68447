import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

/** Folder of the public sample data, or undefined where this machine has none (TOMOCLICK_TEST_DATA). */
export function testDataFolder(): string | undefined {
  const folder = process.env.TOMOCLICK_TEST_DATA ?? join(ROOT, '../shared/data');
  return existsSync(folder) ? folder : undefined;
}
