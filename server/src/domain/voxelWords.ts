/** Voxels of a byte each, four a word. */
export interface VoxelWords {
  readonly words: Uint32Array;
  /** Voxels before the first word; behind the last one there may be three, too. */
  readonly unaligned: number;
}

/** Bytes that are 0 or 1 are looked at and counted four at a time. */
export function voxelWordsOf({ buffer, byteOffset, byteLength }: Uint8Array): VoxelWords {
  const unaligned = -byteOffset & 3;
  if (byteLength < unaligned) return { words: new Uint32Array(0), unaligned: 0 };
  return { words: new Uint32Array(buffer, byteOffset + unaligned, (byteLength - unaligned) >> 2), unaligned };
}
