import { parentPort, workerData } from 'node:worker_threads';
import { Problem } from '../../domain/errors.ts';
import type {
  DecodeReply,
  DecodeResults,
  DecodeTask,
  DecodeThreadData,
  SharedFile,
} from './decodeProtocol.ts';
import { DicomFrameDecoder } from './dicomFrameDecoder.ts';
import { ImageFile } from './imageFile.ts';

if (!parentPort) throw new Error('decodeWorker runs as a worker thread only');
const port = parentPort;
// The other end is our own code.
const { maxHeaderBytes } = workerData as DecodeThreadData;
const frames = new DicomFrameDecoder(maxHeaderBytes);

/** Frames of one file come one after the other: it is parsed once, and let go where memory is short. */
let opened: { readonly fileId: number; readonly file: WeakRef<ImageFile> } | undefined;

function fileOf({ fileId, part10 }: SharedFile): ImageFile {
  const known = opened?.fileId === fileId ? opened.file.deref() : undefined;
  if (known) return known;
  const file = ImageFile.open(part10, maxHeaderBytes);
  opened = { fileId, file: new WeakRef(file) };
  return file;
}

interface Answer {
  readonly result: DecodeResults[DecodeTask['kind']];
  readonly transfer: ArrayBuffer[];
}

/** Pixels have memory of their own, which can be handed over: they may be a view of the file. */
async function answerTo({ kind, file, frameIndex }: DecodeTask): Promise<Answer> {
  switch (kind) {
    case 'slice': {
      const image = fileOf(file);
      const slice = await image.slice(frameIndex);
      const pixels = slice.pixels.slice();
      const { numberOfFrames } = image;
      return { result: { slice: { ...slice, pixels }, numberOfFrames }, transfer: [pixels.buffer] };
    }
    case 'frame': {
      const frame = await frames.decodeFrame(file.part10, frameIndex);
      const pixels = frame.pixels.slice();
      return { result: { ...frame, pixels }, transfer: [pixels.buffer] };
    }
  }
}

async function answer(task: DecodeTask): Promise<void> {
  try {
    const { result, transfer } = await answerTo(task);
    send({ kind: 'done', result }, transfer);
  } catch (error) {
    if (error instanceof Problem) {
      const { code, detail, facts } = error;
      send({ kind: 'refused', code, detail, facts });
    } else send({ kind: 'failed', message: String(error) });
  }
}

function send(reply: DecodeReply, transfer: ArrayBuffer[] = []): void {
  port.postMessage(reply, transfer);
}

port.on('message', (task: DecodeTask) => void answer(task));
