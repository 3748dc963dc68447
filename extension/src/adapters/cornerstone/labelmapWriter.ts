import { LabelIndices } from '../../domain/labelIndices.ts';
import type { SegmentMasks } from '../../domain/segmentMasks.ts';
import { sliceKeyOf, type SliceKey } from '../../domain/sliceKey.ts';
import type { Cornerstone } from '../../ports/cornerstone.ts';
import { imageIdentityOf } from './imageIdentity.ts';

/** Writes slices of a cornerstone labelmap and has exactly these redrawn. */
export class LabelmapWriter {
  private labelmapImageIds: ReadonlyMap<SliceKey, string> | null = null;

  constructor(
    private readonly cornerstone: Cornerstone,
    private readonly segmentationId: string,
    private readonly indices = new LabelIndices(),
  ) {}

  /** @returns how many of the slices belong to this labelmap */
  paint(slices: ReadonlySet<SliceKey>, masks: SegmentMasks): number {
    this.labelmapImageIds ??= this.indexImages();
    const written: string[] = [];
    for (const key of slices) {
      const imageId = this.labelmapImageIds.get(key);
      const image = imageId === undefined ? undefined : this.cornerstone.core.cache.getImage(imageId);
      if (!image?.voxelManager || imageId === undefined) continue;
      const labels = image.voxelManager.getScalarData();
      if (!(labels instanceof Uint8Array || labels instanceof Uint16Array)) continue;
      masks.composeSlice(key, labels, segmentNumber => this.indices.of(segmentNumber));
      image.voxelManager.setScalarData(labels);
      written.push(imageId);
    }
    if (written.length > 0) this.announce(written);
    return written.length;
  }

  /** The order of images differs between stacks, volumes and servers: each is found by what it refers to. */
  private indexImages(): Map<SliceKey, string> {
    const { cache } = this.cornerstone.core;
    const index = new Map<SliceKey, string>();
    for (const imageId of this.imageIds()) {
      const source = cache.getImage(imageId)?.referencedImageId;
      if (source === undefined) continue;
      const image = imageIdentityOf(this.cornerstone, source);
      if (image) index.set(sliceKeyOf(image.sopInstanceUID, image.frameNumber), imageId);
    }
    return index;
  }

  private imageIds(): readonly string[] {
    const labelmap = this.labelmap();
    if (labelmap && 'imageIds' in labelmap && labelmap.imageIds) return labelmap.imageIds;
    return this.volumeImageIds();
  }

  private volumeImageIds(): readonly string[] {
    const labelmap = this.labelmap();
    const volumeId = labelmap && 'volumeId' in labelmap ? labelmap.volumeId : undefined;
    return (volumeId && this.cornerstone.core.cache.getVolume(volumeId)?.imageIds) || [];
  }

  private labelmap(): { imageIds?: string[]; volumeId?: string } | undefined {
    const { segmentation } = this.cornerstone.tools;
    return segmentation.state.getSegmentation(this.segmentationId)?.representationData.Labelmap;
  }

  private announce(imageIds: readonly string[]): void {
    const places = new Map(this.volumeImageIds().map((imageId, place) => [imageId, place]));
    const modifiedSlices = imageIds.flatMap(imageId => places.get(imageId) ?? []);
    const { triggerSegmentationEvents } = this.cornerstone.tools.segmentation;
    triggerSegmentationEvents.triggerSegmentationDataModified(this.segmentationId, modifiedSlices);
  }
}
