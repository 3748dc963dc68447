import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import express, { type ErrorRequestHandler } from 'express';
import { DicomFrameDecoder } from '../../server/src/adapters/dicom/dicomFrameDecoder.ts';
import { FolderArchive } from '../../server/src/adapters/folderArchive/folderArchive.ts';
import { ThreadedPictures } from '../../server/src/adapters/picture/threadedPictures.ts';
import { openPgliteDatabase } from '../../server/src/adapters/postgres/pgliteDatabase.ts';
import type { DicomJsonDataset } from '../../server/src/domain/dicomJson.ts';
import { PROBLEMS, Problem } from '../../server/src/domain/errors.ts';
import {
  boundaryOf,
  collectPart,
  parseMultipart,
  writeMultipart,
} from '../../server/src/formats/multipart.ts';
import { dicomWebRouter } from '../../server/src/http/routes/dicomWeb.ts';
import type { SqlDatabase } from '../../server/src/ports/sqlDatabase.ts';

/** PGlite starts in one second, on a busy machine in thirty. */
export const OPENING_TIMEOUT_MS = 120_000;

const problems: ErrorRequestHandler = (error: unknown, _request, response, _next) => {
  const problem = error instanceof Problem ? error : new Problem('internal-error', String(error));
  if (response.headersSent) response.destroy();
  else response.status(PROBLEMS[problem.code].status).json({ code: problem.code, detail: problem.detail });
};

/** The DICOMweb routes over an embedded archive of its own. */
export class DicomWebServer {
  private constructor(
    readonly folder: string,
    readonly archive: FolderArchive,
    private readonly database: SqlDatabase,
    private readonly pictures: ThreadedPictures,
    private readonly server: Server,
  ) {}

  static async holding(files: readonly Uint8Array[]): Promise<DicomWebServer> {
    const folder = mkdtempSync(join(tmpdir(), 'tomoclick-dicomweb-'));
    const database = await openPgliteDatabase();
    const archive = await FolderArchive.open(folder, database);
    const app = express();
    const pictures = new ThreadedPictures();
    app.use('/dicom-web', dicomWebRouter(archive, new DicomFrameDecoder(), pictures));
    app.use(problems);
    const server = createServer(app).listen(0, '127.0.0.1');
    await new Promise(resolve => server.once('listening', resolve));
    const web = new DicomWebServer(folder, archive, database, pictures, server);
    expect((await web.stow(files)).status).toBe(200);
    return web;
  }

  get root(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/dicom-web`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise(resolve => this.server.close(resolve));
    await this.pictures.close();
    await this.database.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get(path: string, accept?: string): Promise<Response> {
    return fetch(this.root + path, accept === undefined ? {} : { headers: { Accept: accept } });
  }

  async search(path: string): Promise<readonly DicomJsonDataset[]> {
    const response = await this.get(path, 'application/dicom+json');
    expect(response.status).toBe(200);
    expect(response.headers.get('Content-Type')).toMatch(/^application\/dicom\+json/);
    return (await response.json()) as DicomJsonDataset[];
  }

  async stow(files: readonly Uint8Array[], path = '/studies'): Promise<Response> {
    const chunks: Uint8Array[] = [];
    const parts = files.map(body => ({ headers: { 'Content-Type': 'application/dicom' }, body }));
    for await (const chunk of writeMultipart(parts, 'sep')) chunks.push(chunk);
    return fetch(this.root + path, {
      method: 'POST',
      headers: { 'Content-Type': 'multipart/related; type="application/dicom"; boundary=sep' },
      body: Buffer.concat(chunks),
    });
  }
}

export async function partsOf(
  response: Response,
): Promise<readonly { readonly type: string; readonly body: Buffer }[]> {
  const found: { type: string; body: Buffer }[] = [];
  const bytes = new Uint8Array(await response.arrayBuffer());
  const message = (async function* () {
    await Promise.resolve();
    yield bytes;
  })();
  for await (const part of parseMultipart(message, boundaryOf(response.headers.get('Content-Type') ?? ''))) {
    found.push({ type: part.headers.get('content-type') ?? '', body: Buffer.from(await collectPart(part)) });
  }
  return found;
}

export function valuesOf(datasets: readonly DicomJsonDataset[], tag: string): readonly unknown[] {
  return datasets.map(dataset => dataset[tag]?.Value?.[0]);
}
