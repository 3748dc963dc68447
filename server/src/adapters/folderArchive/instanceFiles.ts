import { LRUCache } from 'lru-cache';
import { Problem } from '../../domain/errors.ts';
import { fileSource } from '../../formats/byteSource.ts';
import { MalformedDataSetError } from '../../formats/dataSetReader.ts';
import { findBulkData, toDicomJson } from '../../formats/dicomJson.ts';
import {
  frameCountOf,
  pixelDataLength,
  readFrame,
  readFrameLayout,
  readPixelData,
  type FrameLayout,
  type NativeLayout,
} from '../../formats/frameLayout.ts';
import {
  DEFLATED_LITTLE_ENDIAN,
  EXPLICIT_LITTLE_ENDIAN,
  readPart10,
  type Part10,
} from '../../formats/part10.ts';
import { writePart10 } from '../../formats/part10Writer.ts';
import type { FrameSet, InstanceReference, PixelData } from '../../ports/dicomWebArchive.ts';
import type { ArchiveFolder } from './archiveFolder.ts';
import { openFile, withFile } from './openFile.ts';

/** Heads of files kept in memory: viewers ask for the frames of one instance one after another. */
const CACHE_BYTES = 64 * 1024 * 1024;

/** SOP Class and Instance UID, and the Image Pixel module (PS3.3 C.7.6.3). */
const TAGS_OF_PIXELS = /^(0008001[68]|0028[\dA-F]{4})$/;

interface OpenInstance {
  readonly file: Part10;
  readonly layout: FrameLayout | undefined;
}

/** Gives out parts of instances: frames and binary values. */
export class InstanceFiles {
  readonly #opened = new LRUCache<string, OpenInstance>({
    maxSize: CACHE_BYTES,
    sizeCalculation: ({ file }) => file.head.length,
  });

  /** Read once, however many ask at a time: of a deflated file all is in memory. */
  readonly #opening = new Map<string, Promise<OpenInstance>>();

  constructor(private readonly folder: ArchiveFolder) {}

  /** Called when files have been removed: what comes later under the same UID may differ. */
  forget(): void {
    this.#opened.clear();
    this.#opening.clear();
  }

  /** @throws Problem not-found, unsupported-pixel-data */
  async frames(instance: InstanceReference, frameNumbers?: readonly number[]): Promise<FrameSet> {
    const path = this.folder.pathOf(instance);
    const { layout, file } = await this.#open(path);
    if (!layout) throw new Problem('not-found', 'The instance has no pixel data.');
    const frameCount = frameCountOf(layout);
    const numbers = frameNumbers ?? Array.from({ length: frameCount }, (_, index) => index + 1);
    if (numbers.some(number => number < 1 || number > frameCount)) {
      throw new Problem('not-found', `The instance has frames 1 to ${frameCount}.`, { frameCount });
    }
    return {
      transferSyntaxUID: layout.kind === 'native' ? EXPLICIT_LITTLE_ENDIAN : file.transferSyntaxUID,
      frameNumbers: numbers,
      frames: this.#readFrames(path, layout, numbers),
    };
  }

  /** @throws Problem not-found, unsupported-pixel-data */
  async frameFile(instance: InstanceReference, frameNumber: number): Promise<Uint8Array> {
    const { transferSyntaxUID, frames } = await this.frames(instance, [frameNumber]);
    const { file } = await this.#open(this.folder.pathOf(instance));
    const elements = new Map([...file.dataSet.elements].filter(([tag]) => TAGS_OF_PIXELS.test(tag)));
    const dataset = toDicomJson({ ...file, dataSet: { elements } }, path => path);
    for await (const frame of frames) {
      const ofOne = { ...dataset, '00280008': { vr: 'IS', Value: [1] } };
      return writePart10(ofOne, { transferSyntaxUID, frames: [frame] });
    }
    throw new Error('the instance has a frame and gives none');
  }

  /** @throws Problem not-found */
  async bulkData(instance: InstanceReference, path: readonly string[]): Promise<Uint8Array> {
    const { file } = await this.#open(this.folder.pathOf(instance));
    const value = findBulkData(file, path);
    if (!value) throw new Problem('not-found', 'The instance has no such bulk data.');
    return value;
  }

  /** @throws Problem not-found */
  async pixelData(instance: InstanceReference, tag: string): Promise<PixelData> {
    const path = this.folder.pathOf(instance);
    const { file, layout } = await this.#open(path);
    if (layout?.kind !== 'native' || layout.element.tag !== tag) {
      throw new Problem('not-found', 'The instance has no such bulk data.');
    }
    const byteLength = pixelDataLength(file, layout);
    return { byteLength, chunks: this.#readPixelData(path, file, layout) };
  }

  async *#readPixelData(
    path: string,
    file: Part10,
    layout: NativeLayout,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const handle = await openFile(path);
    try {
      yield* readPixelData(withSource(file, handle, (await handle.stat()).size), layout);
    } finally {
      await handle.close();
    }
  }

  async *#readFrames(
    path: string,
    layout: FrameLayout,
    frameNumbers: readonly number[],
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const { file } = await this.#open(path);
    for (const frameNumber of frameNumbers) {
      yield await withFile(path, (handle, size) =>
        readFrame(withSource(file, handle, size), layout, frameNumber),
      );
    }
  }

  async #open(path: string): Promise<OpenInstance> {
    const known = this.#opened.get(path) ?? this.#opening.get(path);
    if (known) return known;
    const opening = this.#read(path);
    this.#opening.set(path, opening);
    try {
      const opened = await opening;
      // Otherwise it has been removed meanwhile.
      if (this.#opening.get(path) === opening) this.#opened.set(path, opened);
      return opened;
    } finally {
      if (this.#opening.get(path) === opening) this.#opening.delete(path);
    }
  }

  #read(path: string): Promise<OpenInstance> {
    return withFile(path, async (handle, size) => {
      const file = await readPart10(fileSource(handle, size));
      return { file, layout: await readFrameLayout(file) };
    }).catch((cause: unknown) => {
      if (!(cause instanceof MalformedDataSetError)) throw cause;
      throw new Problem('unsupported-pixel-data', 'The file of the instance is damaged.', {}, { cause });
    });
  }
}

/** The handle that a cached head was read through is closed; a deflated file lies in memory whole. */
function withSource(file: Part10, ...[handle, size]: Parameters<typeof fileSource>): Part10 {
  return file.transferSyntaxUID === DEFLATED_LITTLE_ENDIAN
    ? file
    : { ...file, source: fileSource(handle, size) };
}
