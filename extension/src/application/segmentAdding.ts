import { isRefusal } from '../domain/failure.ts';
import type { SegmentationApi, SegmentDescription } from '../ports/segmentationApi.ts';

interface AddedSegment {
  readonly version: number;
  readonly segmentNumber: number;
}

/** Adds segments at the server, each once. */
export class SegmentAdding {
  /** It was not heard whether the last one was added. */
  private isInDoubt = false;

  constructor(private readonly api: Pick<SegmentationApi, 'read' | 'addSegment'>) {}

  /** The segmentation is gone, and with it what may have been added. */
  forget(): void {
    this.isInDoubt = false;
  }

  /** Where there is doubt, the empty one of its name that nobody knows is it. @param known segment numbers */
  async add(
    id: string,
    segment: SegmentDescription,
    known: readonly (number | null)[],
  ): Promise<AddedSegment> {
    if (this.isInDoubt) {
      const { version, segments } = await this.api.read(id);
      const added = segments.find(
        ({ segmentNumber, label, prompts, voxelCount }) =>
          !known.includes(segmentNumber) && label === segment.label && prompts.length + voxelCount === 0,
      );
      this.isInDoubt = false;
      if (added) return { version, segmentNumber: added.segmentNumber };
    }
    try {
      const { version, segments } = await this.api.addSegment(id, segment);
      return { version, segmentNumber: segments.at(-1)!.segmentNumber };
    } catch (error) {
      this.isInDoubt = !isRefusal(error);
      throw error;
    }
  }
}
