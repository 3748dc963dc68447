import type { Volume } from '../../domain/volume.ts';
import type { VolumeEncoder } from '../../ports/volumeEncoder.ts';
import { niftiHeader } from './niftiHeader.ts';

const DESCRIPTION = 'Tomoclick volume, modality units';

/** NIfTI-1 of float32 in one file, on the grid of the series; a slice at a time. */
export class NiftiVolumeEncoder implements VolumeEncoder {
  *encode({ geometry, values, rescale }: Volume): Generator<Uint8Array> {
    yield niftiHeader(geometry, 'float32', { description: DESCRIPTION, comment: '' });
    const sliceVoxels = geometry.shapeIjk[0] * geometry.shapeIjk[1];
    for (let start = 0; start < values.length; start += sliceVoxels) {
      const bytes = Buffer.alloc(4 * sliceVoxels);
      for (let n = 0; n < sliceVoxels; n++) {
        bytes.writeFloatLE(values[start + n]! * rescale.slope + rescale.intercept, 4 * n);
      }
      yield bytes;
    }
  }
}
