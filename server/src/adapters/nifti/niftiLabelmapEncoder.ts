import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { createGzip } from 'node:zlib';
import { boxSize } from '../../domain/indexBox.ts';
import type { Mask } from '../../domain/mask.ts';
import type { LabelmapEncoder, LabelmapToEncode } from '../../ports/labelmapEncoder.ts';
import { niftiHeader } from './niftiHeader.ts';

const LARGEST_UINT8 = 255;

/** NIfTI-1 in one gzipped file; one slice at a time, so that the whole image is never held. */
export class NiftiLabelmapEncoder implements LabelmapEncoder {
  async encode(labelmap: LabelmapToEncode): Promise<Uint8Array> {
    const { geometry, segments, description, unseen } = labelmap;
    const largest = Math.max(unseen?.label ?? 0, ...segments.map(segment => segment.segmentNumber));
    const labelType = largest > LARGEST_UINT8 ? 'uint16' : 'uint8';
    const comment = segments.map(({ segmentNumber, label }) => `${segmentNumber} ${label}`).join('\n');
    const gzip = createGzip();
    const compressed = buffer(gzip);
    gzip.write(niftiHeader(geometry, labelType, { description, comment }));
    for (let k = 0; k < geometry.shapeIjk[2]; k++) {
      const slice = labelsOf(labelmap, k);
      const bytes = labelType === 'uint8' ? Uint8Array.from(slice) : littleEndian(slice);
      if (!gzip.write(bytes)) await once(gzip, 'drain');
    }
    gzip.end();
    return compressed;
  }
}

/** Slice k, row by row. */
function labelsOf({ geometry, segments, unseen }: LabelmapToEncode, k: number): Uint16Array {
  const [columns, rows] = geometry.shapeIjk;
  const labels = new Uint16Array(columns * rows);
  if (unseen?.slices.includes(k)) return labels.fill(unseen.label);
  for (const { mask, segmentNumber } of segments) paint(labels, columns, mask, k, segmentNumber);
  return labels;
}

function paint(labels: Uint16Array, columns: number, { box, voxels }: Mask, k: number, label: number): void {
  const { minIjk, maxIjk } = box;
  if (k < minIjk[2] || k >= maxIjk[2]) return;
  const [boxColumns, boxRows] = boxSize(box);
  for (let j = 0; j < boxRows; j++) {
    const from = ((k - minIjk[2]) * boxRows + j) * boxColumns;
    const to = (minIjk[1] + j) * columns + minIjk[0];
    for (let i = 0; i < boxColumns; i++) if (voxels[from + i]) labels[to + i] = label;
  }
}

function littleEndian(labels: Uint16Array): Uint8Array {
  const bytes = Buffer.alloc(2 * labels.length);
  labels.forEach((label, n) => bytes.writeUInt16LE(label, 2 * n));
  return bytes;
}
