import type { Cornerstone } from '../../ports/cornerstone.ts';

/** An instance, or one frame of a multi-frame instance. */
export interface ImageIdentity {
  readonly sopInstanceUID: string;
  /** 1-based; 1 for single-frame instances. */
  readonly frameNumber: number;
}

/** What cornerstone knows of an image; undefined before its metadata is there. */
export function imageIdentityOf({ core }: Cornerstone, imageId: string): ImageIdentity | undefined {
  const module = core.metaData.get('sopCommonModule', imageId) as { sopInstanceUID?: string } | undefined;
  const instance = core.metaData.get('instance', imageId) as { SOPInstanceUID?: string } | undefined;
  const sopInstanceUID = instance?.SOPInstanceUID ?? module?.sopInstanceUID;
  if (sopInstanceUID === undefined) return undefined;
  return { sopInstanceUID, frameNumber: frameOfImageId(imageId) };
}

/** 1-based; 1 for single-frame instances. */
export function frameOfImageId(imageId: string): number {
  return Number(/\/frames\/(\d+)/.exec(imageId)?.[1] ?? 1);
}
