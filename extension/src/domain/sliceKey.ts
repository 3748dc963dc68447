/** Names one image of a source series: an instance, or one frame of a multi-frame instance. */
export type SliceKey = `${string}#${number}`;

/** @param frameNumber 1-based; 1 for single-frame instances. */
export function sliceKeyOf(sopInstanceUID: string, frameNumber = 1): SliceKey {
  return `${sopInstanceUID}#${frameNumber}`;
}
