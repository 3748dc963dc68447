import { z } from 'zod';

/** A header names a few hundred tensors. */
const MOST_HEADER_BYTES = 1024 ** 2;

const tensorSchema = z.strictObject({
  dtype: z.literal('F32'),
  shape: z.array(z.int().min(0)).max(8),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
});
const headerSchema = z.intersection(
  z.object({ __metadata__: z.record(z.string(), z.string()).optional() }),
  z.record(z.string(), z.unknown()),
);

export interface FloatTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface Safetensors {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, FloatTensor>;
}

/**
 * Reads a safetensors file of float32 tensors (format of the safetensors library, version 0.4): 8 bytes length of
 * the header, little endian, the header as JSON, the data. Every byte of the data belongs to exactly one tensor.
 * @throws Error that says what is wrong
 */
export function readSafetensors(bytes: Uint8Array): Safetensors {
  if (bytes.length < 8) throw new Error('the file ends before its header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = Number(view.getBigUint64(0, true));
  if (headerBytes > MOST_HEADER_BYTES || headerBytes > bytes.length - 8) {
    throw new Error(`a header of ${headerBytes} bytes does not fit`);
  }
  const { __metadata__: metadata = {}, ...entries } = headerSchema.parse(
    JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + headerBytes))),
  );
  const data = bytes.subarray(8 + headerBytes);
  const tensors = Object.entries(entries).map(([name, entry]) => ({ name, ...tensorSchema.parse(entry) }));
  let at = 0;
  const found = new Map<string, FloatTensor>();
  for (const tensor of tensors.sort((a, b) => a.data_offsets[0] - b.data_offsets[0])) {
    const { name, shape, data_offsets: range } = tensor;
    const [begin, end] = range;
    const count = shape.reduce((product, side) => product * side, 1);
    if (begin !== at || end - begin !== 4 * count || end > data.length) {
      throw new Error(`the data of ${name} does not lie where its shape says`);
    }
    found.set(name, { shape, values: floatsOf(data.subarray(begin, end)) });
    at = end;
  }
  if (at !== data.length) throw new Error('there is data that no tensor claims');
  return { metadata, tensors: found };
}

/** A copy, aligned. @throws Error where a value is not finite */
function floatsOf(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = Float32Array.from({ length: bytes.length / 4 }, (_, n) => view.getFloat32(4 * n, true));
  if (!values.every(Number.isFinite)) throw new Error('a value is not finite');
  return values;
}
