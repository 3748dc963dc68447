import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { demoStudyInstances } from '../adapters/demoStudy/demoStudyInstances.ts';
import { importedFiles } from '../adapters/dicomImport/importedFiles.ts';
import type { FolderArchive } from '../adapters/folderArchive/folderArchive.ts';
import { importInstances, type NamedObject } from '../application/importInstances.ts';
import type { Config } from '../config/environment.ts';

/** A start that goes on: what is being done is told at the terminal, and to whoever asks whether it is ready. */
export interface Start {
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly begin: (what: string) => void;
  /** @param isTold at the terminal, too */
  readonly goOn: (what: string, isTold: boolean) => void;
  readonly tell: (line: string) => void;
}

/**
 * @param imports files and folders; none: the demo study, unless it was there before
 * @throws Error where there is no embedded archive to import into
 */
export async function addFirstObjects(
  embedded: FolderArchive | undefined,
  imports: readonly string[],
  config: Config,
  start: Start,
): Promise<void> {
  if (imports.length > 0) await importInto(embedded, imports, config, start);
  else if (embedded) await addDemoStudy(embedded, config, start);
}

async function importInto(
  embedded: FolderArchive | undefined,
  imports: readonly string[],
  config: Config,
  { signal, begin, goOn, tell }: Start,
): Promise<void> {
  if (!embedded)
    throw new Error('--import adds to the embedded archive. Send the files to the PACS instead.');
  begin('Importing');
  const { stored, refused } = await importInstances(
    importedFiles(imports),
    embedded,
    signal,
    progress => {
      goOn(`Importing, ${progress.stored} objects so far`, progress.stored % 200 === 0);
    },
    (name, reason) => tell(`Not imported: ${name}: ${reason}`),
  );
  tell(`Imported ${stored} objects; ${refused} files were not taken.`);
  // Whoever has brought images of their own needs no demo.
  writeFileSync(demoMark(config), '');
}

async function addDemoStudy(
  embedded: FolderArchive,
  config: Config,
  { signal, begin, goOn, log }: Start,
): Promise<void> {
  if (existsSync(demoMark(config))) return;
  begin('Making the demo study');
  const made: NamedObject[] = [];
  const instances = demoStudyInstances((done, total) => {
    goOn(`Making the demo study, ${done} of ${total} slices`, done % Math.ceil(total / 5) === 0);
  }, signal);
  // Stored only when all are made, so that nobody opens half a series.
  for await (const part10 of instances) made.push({ name: 'demo study', bytes: inOneChunk(part10) });
  await importInstances(
    made,
    embedded,
    signal,
    () => undefined,
    (_name, reason) => log.warn({ reason }, 'an object of the demo study was not taken'),
  );
  writeFileSync(demoMark(config), '');
}

async function* inOneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield bytes;
}

/** Lies in the data folder once the demo study is there, or is not wanted. */
function demoMark({ home }: Config): string {
  return join(home, 'demo-study-done');
}
