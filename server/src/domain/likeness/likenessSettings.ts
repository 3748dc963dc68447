/** Numbers of in-context segmentation, chosen in Python on training patients (models/src/sam3d/in_context/settings.py). */
export interface LikenessSettings {
  /** A region's side is at least this times the structure's largest side. */
  readonly fitFactor: number;
  /** Of the images' voxels: a closer look shows nothing further. */
  readonly finestVoxelShare: number;
  /** Of the structure's side: tokens lie so far around its mask. */
  readonly reach: number;
  /** Of all exemplars together, and of one. */
  readonly tokens: number;
  readonly tokensOfExemplar: number;
  /** Of the features' variance. */
  readonly ridge: number;
  readonly placeSigma: number;
  readonly likeness: number;
  /** Of the exemplars' masks, put in place, against the tokens. */
  readonly priorShare: number;
  /** Of the mask decoder's answer. */
  readonly decoderShare: number;
  /** Of the volume's extent: how far the relative place of one exemplar may be off. */
  readonly usualSpread: number;
  /** Of correlation: so much more is e times as likely a place. */
  readonly likelyStep: number;
}

export const LIKENESS: LikenessSettings = {
  fitFactor: 1.5,
  finestVoxelShare: 0.75,
  reach: 0.25,
  tokens: 4800,
  tokensOfExemplar: 1200,
  ridge: 0.3,
  placeSigma: 0.1,
  likeness: 2,
  priorShare: 0.5,
  decoderShare: 0.5,
  usualSpread: 0.1,
  likelyStep: 0.1,
};
