import { join } from 'node:path';
import type { RequestHandler } from 'express';
import { RemoteArchive } from '../adapters/dicomweb/remoteArchive.ts';
import { FolderArchive } from '../adapters/folderArchive/folderArchive.ts';
import type { Config } from '../config/environment.ts';
import { dicomWebRouter } from '../http/routes/dicomWeb.ts';
import { dicomWebProxyRouter } from '../http/routes/dicomWebProxy.ts';
import type { ArchiveScope } from '../ports/dicomWebArchive.ts';
import type { FrameDecoder } from '../ports/frameDecoder.ts';
import type { ImageArchive } from '../ports/imageArchive.ts';
import type { PictureEncoder } from '../ports/pictureEncoder.ts';
import type { SegmentationArchive } from '../ports/segmentationArchive.ts';
import type { SqlDatabase } from '../ports/sqlDatabase.ts';

/** An archive and what the house uses it for. */
interface ComposedArchive {
  readonly archive: ImageArchive & SegmentationArchive;
  readonly dicomWeb: RequestHandler;
  /** Only where files can be added without a PACS. */
  readonly embedded?: FolderArchive;
}

/** The PACS where the configuration names one, else the embedded archive. */
export async function openArchive(
  { archiveUrl, maxReplyBytes, home }: Config,
  database: SqlDatabase,
  decoder: FrameDecoder,
  pictures: PictureEncoder,
  onRemoved: (scope: ArchiveScope) => void,
): Promise<ComposedArchive> {
  if (archiveUrl !== undefined) {
    const limits = maxReplyBytes === undefined ? {} : { maxTextBytes: maxReplyBytes };
    return { archive: new RemoteArchive(archiveUrl, limits), dicomWeb: dicomWebProxyRouter(archiveUrl) };
  }
  const embedded = await FolderArchive.open(join(home, 'archive'), database, onRemoved);
  return { archive: embedded, embedded, dicomWeb: dicomWebRouter(embedded, decoder, pictures) };
}
