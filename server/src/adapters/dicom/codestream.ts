/** What a compressed image says of itself. */
export interface CodestreamHeader {
  readonly columns: number;
  readonly rows: number;
  readonly bitsPerSample: number;
  readonly samplesPerPixel: number;
}

const SOI = 0xffd8;
const SOS = 0xffda;
const END = 0xffd9;
/** JPEG 2000: start of codestream, and image and tile size (ISO/IEC 15444-1 A.4, A.5). */
const SOC = 0xff4f;
const SIZ = 0xff51;

/**
 * Header of a JPEG, JPEG-LS or JPEG 2000 codestream. Decoders in WebAssembly trust the size they are told,
 * so it is compared with the size the image is coded in first.
 * @throws RangeError when there is none
 */
export function codestreamHeader(frame: Uint8Array): CodestreamHeader {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const start = view.getUint16(0);
  if (start === SOC && view.getUint16(2) === SIZ) return sizeOfJpeg2000(view);
  if (start === SOI) return sizeOfJpeg(view);
  throw new RangeError('no JPEG or JPEG 2000 codestream begins here');
}

/** Whether the image is there to its end: EOI in JPEG, EOC in JPEG 2000 are the same two bytes. */
export function endsWithEndMarker(frame: Uint8Array): boolean {
  let end = frame.length;
  // Frames are padded to even length, by some writers more.
  while (end > 2 && (frame[end - 1] === 0 || (frame[end - 1] === 0xff && frame[end - 2] === 0xd9))) end--;
  return end >= 2 && ((frame[end - 2]! << 8) | frame[end - 1]!) === END;
}

function sizeOfJpeg2000(view: DataView): CodestreamHeader {
  return {
    columns: view.getUint32(8) - view.getUint32(16),
    rows: view.getUint32(12) - view.getUint32(20),
    bitsPerSample: (view.getUint8(42) & 0x7f) + 1,
    samplesPerPixel: view.getUint16(40),
  };
}

/** Frame header: SOF0…SOF15 but for DHT, JPG and DAC (ISO/IEC 10918-1 B.2.2), SOF55 in JPEG-LS. */
function isStartOfFrame(marker: number): boolean {
  if (marker === 0xfff7) return true;
  return marker >= 0xffc0 && marker <= 0xffcf && marker !== 0xffc4 && marker !== 0xffc8 && marker !== 0xffcc;
}

function sizeOfJpeg(view: DataView): CodestreamHeader {
  let position = 2;
  for (;;) {
    const marker = view.getUint16(position);
    if (marker === SOS || marker < 0xff00) throw new RangeError('the JPEG image has no frame header');
    if (isStartOfFrame(marker)) {
      return {
        bitsPerSample: view.getUint8(position + 4),
        rows: view.getUint16(position + 5),
        columns: view.getUint16(position + 7),
        samplesPerPixel: view.getUint8(position + 9),
      };
    }
    // A marker may be preceded by fill bytes FF.
    position += marker === 0xffff ? 1 : 2 + view.getUint16(position + 2);
  }
}
