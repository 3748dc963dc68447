import { parentPort } from 'node:worker_threads';
import type { Raster } from '../../domain/raster.ts';
import type { PictureWish } from '../../ports/pictureEncoder.ts';
import { drawPicture } from './drawPicture.ts';

/** What the drawing thread is asked. */
export interface PictureTask {
  readonly raster: Raster;
  readonly wish: PictureWish;
}

if (!parentPort) throw new Error('pictureWorker runs as a worker thread only');
const port = parentPort;

/** Answers each task with its picture. What fails ends the thread: the next task gets a new one. */
port.on('message', ({ raster, wish }: PictureTask) => {
  // A copy of its own memory, since small Buffers share theirs and cannot be handed over.
  const picture = new Uint8Array(drawPicture(raster, wish));
  port.postMessage(picture, [picture.buffer]);
});
