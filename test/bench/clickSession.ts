import type { Vector3 } from '../../server/src/domain/affine.ts';
import type { Mask } from '../../server/src/domain/mask.ts';
import type { Prompt } from '../../server/src/domain/prompt.ts';
import {
  SEGMENT_UPDATE_HEADER,
  segmentUpdateHeaderSchema,
  type SegmentUpdateHeader,
} from '../../server/src/contract/segmentation.ts';
import { readSegmentation } from '../fixtures/readSegmentation.ts';
import { ApiClient, click } from '../server/apiClient.ts';
import { timedPost, type TimedReply } from './timedPost.ts';

/** A series as the bench knows it. */
export interface BenchSeries {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  readonly shapeIjk: Vector3;
  /** SOP Instance UID of slice k, as the server orders slices. */
  readonly sopInstanceUIDs: readonly string[];
}

interface PromptReply {
  readonly reply: TimedReply;
  readonly update: SegmentUpdateHeader;
}

/** One segment that is clicked on, as a viewer does it: each reply changes the picture that is kept. */
export class ClickSession {
  readonly #frames = new Map<number, Uint8Array>();
  readonly #slices: ReadonlyMap<string, number>;

  private constructor(
    private readonly url: string,
    private readonly series: BenchSeries,
    private readonly id: string,
  ) {
    this.#slices = new Map(series.sopInstanceUIDs.map((uid, k) => [uid, k]));
  }

  static async begin(url: string, series: BenchSeries, label: string): Promise<ClickSession> {
    const { id } = await new ApiClient(url).create(series, [label]);
    return new ClickSession(url, series, id);
  }

  /** @throws Error with the problem that the server answers */
  click(pointLps: Vector3, polarity: 'include' | 'exclude' = 'include'): Promise<PromptReply> {
    return this.#prompt(click(pointLps, polarity).prompt);
  }

  /** @throws Error with the problem that the server answers */
  box(cornersLps: readonly [Vector3, Vector3]): Promise<PromptReply> {
    return this.#prompt({ kind: 'box', cornersLps });
  }

  async #prompt(prompt: Prompt): Promise<PromptReply> {
    const path = `/api/v1/segmentations/${this.id}/segments/1/prompts`;
    const reply = await timedPost(this.url + path, { prompts: [{ promptId: crypto.randomUUID(), prompt }] });
    if (reply.status !== 200 && reply.status !== 204) throw new Error(Buffer.from(reply.body).toString());
    const header: unknown = JSON.parse(reply.header(SEGMENT_UPDATE_HEADER) ?? 'null');
    if (reply.status === 200) this.#draw(reply.body);
    return { reply, update: segmentUpdateHeaderSchema.parse(header) };
  }

  /** The picture so far on the native grid, box around the whole volume's used slices. */
  mask(): Mask {
    const [columns, rows] = this.series.shapeIjk;
    const used = [...this.#frames].filter(([, frame]) => frame.includes(1)).map(([k]) => k);
    if (used.length === 0) {
      return {
        shapeIjk: this.series.shapeIjk,
        box: { minIjk: [0, 0, 0], maxIjk: [0, 0, 0] },
        voxels: new Uint8Array(0),
      };
    }
    const [low, high] = [Math.min(...used), Math.max(...used) + 1];
    const voxels = new Uint8Array(columns * rows * (high - low));
    for (const k of used) {
      const frame = this.#frames.get(k);
      if (frame) voxels.set(frame, (k - low) * columns * rows);
    }
    const box = { minIjk: [0, 0, low], maxIjk: [columns, rows, high] } as const;
    return { shapeIjk: this.series.shapeIjk, box, voxels };
  }

  #draw(part10: Uint8Array): void {
    for (const { referencedSOPInstanceUID, pixels } of readSegmentation(part10).frames) {
      const k = this.#slices.get(referencedSOPInstanceUID);
      if (k === undefined) throw new Error(`the SEG names ${referencedSOPInstanceUID}, not of this series`);
      this.#frames.set(k, pixels);
    }
  }
}
