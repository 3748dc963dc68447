const HEADER_BYTES = 64;

/**
 * RLE Lossless (PS3.5 annex G): one segment for each byte of a pixel, most significant first.
 * @returns little-endian samples, interleaved, length pixelCount × bytesPerSample × samplesPerPixel
 * @throws RangeError when segments are missing, or do not fill the frame exactly
 */
export function decodeRle(
  frame: Uint8Array,
  pixelCount: number,
  bytesPerSample: number,
  samplesPerPixel: number,
): Uint8Array {
  if (frame.length < HEADER_BYTES) throw new RangeError('the RLE header is cut short');
  const header = new DataView(frame.buffer, frame.byteOffset, HEADER_BYTES);
  const segmentCount = header.getUint32(0, true);
  const bytesPerPixel = bytesPerSample * samplesPerPixel;
  if (segmentCount !== bytesPerPixel)
    throw new RangeError(`${segmentCount} RLE segments, not ${bytesPerPixel}`);
  const decoded = new Uint8Array(pixelCount * bytesPerPixel);
  for (let segment = 0; segment < segmentCount; segment++) {
    const start = header.getUint32(4 + 4 * segment, true);
    const next = segment + 1 < segmentCount ? header.getUint32(8 + 4 * segment, true) : frame.length;
    const sample = Math.floor(segment / bytesPerSample);
    const byteOfSample = bytesPerSample - 1 - (segment % bytesPerSample);
    const offset = sample * bytesPerSample + byteOfSample;
    decodeSegment(frame.subarray(start, next), decoded, offset, bytesPerPixel);
  }
  return decoded;
}

/** PackBits (PS3.5 G.3.2) into every `stride`-th byte of `target`. */
function decodeSegment(source: Uint8Array, target: Uint8Array, offset: number, stride: number): void {
  let from = 0;
  let to = offset;
  while (to < target.length) {
    if (from >= source.length) throw new RangeError('an RLE segment is cut short');
    const control = source[from++]!;
    if (control === 128) continue;
    const isRun = control > 128;
    const count = isRun ? 257 - control : control + 1;
    if (from + (isRun ? 1 : count) > source.length) throw new RangeError('an RLE segment is cut short');
    if (to + (count - 1) * stride >= target.length) throw new RangeError('an RLE segment is too long');
    for (let written = 0; written < count; written++, to += stride) {
      target[to] = source[isRun ? from : from + written]!;
    }
    from += isRun ? 1 : count;
  }
}
