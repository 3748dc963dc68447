const SHORT_RUN = 32;

/** Of voxels; the call that fills costs more than a few of them do. */
export function fillOnes(voxels: Uint8Array, start: number, end: number): void {
  if (end - start > SHORT_RUN) voxels.fill(1, start, end);
  else for (let at = start; at < end; at++) voxels[at] = 1;
}
