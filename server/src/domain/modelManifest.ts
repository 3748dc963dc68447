import type { PromptKind } from './prompt.ts';
import type { Vector3 } from './affine.ts';

/** One input channel of the image encoder: percentiles of the region that map to −1 and 1. */
export interface NormalisationChannel {
  readonly percentiles: readonly [number, number];
  /** Every `stride`-th in-volume voxel, by flat k-j-i index, enters the percentiles. */
  readonly stride: number;
  /** Percentiles of the central third of the region only. */
  readonly centralThird: boolean;
  /** The half-width of the window is multiplied by this. */
  readonly widen: number;
}

/** Low and high, in modality units. */
export type ValueRange = readonly [number, number];

/** How a mask's border is moved onto the image's edges; see `refinement.ts`. */
export interface RefinementSettings {
  /** How often each voxel looks at its neighbours: how far the border may move. */
  readonly steps: number;
  /** Of the model's probability, against one neighbour of equal intensity. */
  readonly priorWeight: number;
  /** A neighbour has exp(−contrast) of its say across the usual squared step of intensity. */
  readonly contrast: number;
}

/** How the border that readers are shown follows the image; see `borderWalk.ts`. */
export interface BorderWalkSettings {
  /** DICOM Modality of the series that it is good for. */
  readonly modalities: readonly string[];
  /** Of the encoder's input. */
  readonly channel: number;
  /** From the model's border on, in steps to a face neighbour. */
  readonly reachVoxels: number;
  /** A neighbour is passed to with exp(−contrast · step²), the step of intensity in an image in [−1, 1]. */
  readonly contrast: number;
  /** Of believing the model, against one step to a neighbour. */
  readonly priorChance: number;
  readonly sweeps: number;
  readonly overRelaxation: number;
  /** Dice with the model's mask; what agrees less is not followed. */
  readonly leastAgreement: number;
}

/** How is found which of what a box holds is meant; see `boxProbes.ts`. */
export interface BoxProbeSettings {
  /** Of the places that are asked at from the box's middle, of its sides. */
  readonly offset: number;
  /** Of the sides of a box in space, together: an answer without a place that lacks no more is taken at once. */
  readonly mostUnreached: number;
  /** Of a side of the box that an answer lacks, against the IoU expected of it. */
  readonly unreachedWeight: number;
  /** Of a side: boxes are drawn a little too large. */
  readonly slack: number;
  /** Of the share of a box in space that an answer fills. */
  readonly fillWeight: number;
  /** In space: of the answer without a place. */
  readonly unprobedBonus: number;
}

/** What the zoo says of a model (`models/zoo/<id>/manifest.json`), as far as serving needs it. */
export interface ModelManifest {
  readonly id: string;
  readonly title: string;
  readonly version: string;
  readonly licence: { readonly spdx: string; readonly name: string };
  readonly attribution: readonly string[];
  readonly modalities: readonly string[];
  readonly promptKinds: readonly PromptKind[];
  readonly graphs: {
    readonly imageEncoder: ModelGraph;
    readonly promptEncoder: ModelGraph;
    readonly maskDecoder: ModelGraph;
    /** Absent: a border stays where the walk along the image's edges puts it. */
    readonly maskRefiner?: ModelGraph;
  };
  /** Absent: the model cannot learn tasks. */
  readonly adaptableEncoder?: AdaptableEncoder;
  readonly region: {
    /** Voxels along k, j, i. */
    readonly shapeKji: Vector3;
    /** Zoom levels, coarsest first. */
    readonly spacingsMm: readonly number[];
    readonly latticeVoxels: number;
  };
  readonly normalisation: {
    readonly channels: readonly NormalisationChannel[];
    /** What the model has been shown of CT; absent: all values. */
    readonly hounsfieldWindow?: ValueRange;
  };
  /** Masks that the decoder offers, each with its expected IoU. */
  readonly hypotheses: number;
  readonly logits: { readonly shapeKji: Vector3; readonly threshold: number };
  /** Absent: masks are as the graphs give them. */
  readonly refinement?: RefinementSettings;
  /** Absent: what readers are shown is what the next answer starts from. Only with `refinement`. */
  readonly borderWalk?: BorderWalkSettings;
  /** Absent: the model is asked once what a box is drawn about, and a lasso is the points that it surrounds. */
  readonly boxProbes?: BoxProbeSettings;
  readonly zoom: {
    /** Regions that a first click is looked at in, at most. */
    readonly looks: number;
    /** Each look is so many zoom levels finer than the one before. */
    readonly levelsBetweenLooks: number;
    /** Wide looks promise too much: the expected IoU counts so much less for each look that is closer. */
    readonly widerLookPenalty: number;
    /** A look is not believed where what was clicked is so many deviations from what it shows; absent: whatever it is. */
    readonly unlikeDeviations?: number;
    /** The fitted region's side is at least this times the structure's largest side. */
    readonly fitFactor: number;
    /** A structure nearer to a region's border than this wants another region; so does a click. */
    readonly borderVoxels: number;
  };
}

export interface ModelGraph {
  /** Absolute path. */
  readonly path: string;
  readonly sha256: string;
}

/** The image encoder with its weights outside of the graph, so that adapters can be merged into them. */
export interface AdaptableEncoder {
  readonly graph: ModelGraph;
  /** Weights, little-endian float32; the graph names this file. */
  readonly data: ModelGraph & { readonly fileName: string };
  readonly weights: readonly EncoderWeight[];
}

/** Where an initializer lies in the weights. */
export interface EncoderWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly byteOffset: number;
  readonly byteLength: number;
}

/** Equal keys mean equal answers to equal questions. */
export function modelKeyOf(model: Pick<ModelManifest, 'id' | 'graphs'>): string {
  const { imageEncoder, promptEncoder, maskDecoder, maskRefiner } = model.graphs;
  const graphs = [imageEncoder, promptEncoder, maskDecoder, ...(maskRefiner ? [maskRefiner] : [])];
  return [model.id, ...graphs.map(({ sha256 }) => sha256)].join('@');
}
