/** The viewer's labelmaps hold a byte a voxel; 0 is none. */
const LARGEST_INDEX = 255;

/**
 * What stands for each segment in the viewer's labelmap: its number, or where that does not fit into a byte, as in
 * segmentations made elsewhere, an index that no other segment has. It stays the same until the segment is gone.
 */
export class LabelIndices {
  private readonly indexOf = new Map<number, number>();

  /** @throws Error where the viewer has no index left */
  of(segmentNumber: number): number {
    const known = this.indexOf.get(segmentNumber);
    if (known !== undefined) return known;
    const index = this.newIndex(segmentNumber);
    this.indexOf.set(segmentNumber, index);
    return index;
  }

  forget(segmentNumber: number): void {
    this.indexOf.delete(segmentNumber);
  }

  private newIndex(segmentNumber: number): number {
    const taken = new Set(this.indexOf.values());
    if (segmentNumber <= LARGEST_INDEX && !taken.has(segmentNumber)) return segmentNumber;
    // From above: small numbers are for the segments that have them.
    for (let index = LARGEST_INDEX; index > 0; index -= 1) if (!taken.has(index)) return index;
    throw new Error(`The viewer shows ${LARGEST_INDEX} segments at most.`);
  }
}
