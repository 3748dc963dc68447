import { Problem } from './errors.ts';

/** How much of a series is taken before it is refused: what a hostile or mistaken one may cost. */
export interface SeriesLimits {
  readonly maxVoxels: number;
  /** Images; frames where an instance holds several. */
  readonly maxFrames: number;
  /** Of all files of the series. */
  readonly maxBytes: number;
  /** Of one file: everything before its pixels. */
  readonly maxHeaderBytes: number;
}

/** 1000 slices of 1024 × 1024; headers of Enhanced objects take about 1 KB a frame. */
export const DEFAULT_SERIES_LIMITS: SeriesLimits = {
  maxVoxels: 2 ** 30,
  maxFrames: 20_000,
  maxBytes: 2 ** 33,
  maxHeaderBytes: 2 ** 24,
};

/** Adds up what has been taken of a series. */
export class SeriesBudget {
  readonly #limits: SeriesLimits;
  #voxels = 0;
  #frames = 0;
  #bytes = 0;

  constructor(limits: SeriesLimits) {
    this.#limits = limits;
  }

  /** @throws Problem series-too-large */
  addFile(byteCount: number): void {
    this.#bytes += byteCount;
    refuseAbove('maxBytes', this.#bytes, this.#limits);
  }

  /** @throws Problem series-too-large */
  addFrame(voxelCount: number): void {
    this.#frames++;
    this.#voxels += voxelCount;
    refuseAbove('maxFrames', this.#frames, this.#limits);
    refuseAbove('maxVoxels', this.#voxels, this.#limits);
  }
}

function refuseAbove(limit: keyof SeriesLimits, count: number, limits: SeriesLimits): void {
  if (count <= limits[limit]) return;
  const detail = 'Use a smaller series, or have the limit raised by whoever runs the server.';
  throw new Problem('series-too-large', detail, { [limit]: limits[limit] });
}
