import type { EncoderWeight } from '../../domain/modelManifest.ts';
import { readSafetensors, type FloatTensor } from './safetensors.ts';

/** Low-rank factors of one weight (Hu et al. 2022): W' = W + scale · B · A. */
interface LoraFactors {
  readonly weight: EncoderWeight;
  readonly rank: number;
  /** (rows, rank) and (rank, columns), rows = shape[0], columns = the product of the other sides. */
  readonly b: Float32Array;
  readonly a: Float32Array;
}

export interface LoraAdapter {
  readonly scale: number;
  readonly factors: readonly LoraFactors[];
}

const MOST_RANK = 1024;

/**
 * `adapter.safetensors` of a task package: `<initializer>.lora_a` and `.lora_b` for some of the weights, or for none.
 * @throws Error that says what is wrong
 */
export function readLoraAdapter(bytes: Uint8Array, weights: readonly EncoderWeight[]): LoraAdapter {
  const { metadata, tensors } = readSafetensors(bytes);
  const scale = tensors.size === 0 ? Number(metadata['scale'] ?? 0) : Number(metadata['scale']);
  if (!Number.isFinite(scale)) throw new Error('the metadata has no scale');
  const known = new Map(weights.map(weight => [weight.name, weight]));
  const factors = [...tensors.keys()].flatMap(name => {
    const [, base = '', factor] = /^(.*)\.lora_([ab])$/.exec(name) ?? [];
    const weight = known.get(base);
    if (!weight) throw new Error(`${name} belongs to no weight of the encoder`);
    if (factor === 'b') {
      if (!tensors.has(`${base}.lora_a`)) throw new Error(`${name} has no lora_a`);
      return [];
    }
    return [factorsOf(weight, tensors.get(`${base}.lora_a`), tensors.get(`${base}.lora_b`))];
  });
  return { scale, factors };
}

function factorsOf(
  weight: EncoderWeight,
  a: FloatTensor | undefined,
  b: FloatTensor | undefined,
): LoraFactors {
  const { rows, columns } = matrixShapeOf(weight);
  const rank = a?.shape[0] ?? 0;
  const fits =
    rank >= 1 &&
    rank <= MOST_RANK &&
    String(a?.shape) === String([rank, columns]) &&
    String(b?.shape) === String([rows, rank]);
  if (!a || !b || !fits) throw new Error(`the factors of ${weight.name} do not fit its shape`);
  return { weight, rank, a: a.values, b: b.values };
}

/** Adds the adapter to the weights of the encoder. @param data the encoder's weights, little-endian float32; changed */
export function mergeAdapter(data: Uint8Array, { scale, factors }: LoraAdapter): void {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (const { weight, rank, a, b } of factors) {
    const { rows, columns } = matrixShapeOf(weight);
    const change = new Float64Array(columns);
    for (let row = 0; row < rows; row++) {
      change.fill(0);
      for (let r = 0; r < rank; r++) {
        const factor = scale * b[row * rank + r]!;
        for (let column = 0; column < columns; column++) {
          change[column] = change[column]! + factor * a[r * columns + column]!;
        }
      }
      for (let column = 0; column < columns; column++) {
        const at = weight.byteOffset + 4 * (row * columns + column);
        view.setFloat32(at, view.getFloat32(at, true) + change[column]!, true);
      }
    }
  }
}

function matrixShapeOf({ shape }: EncoderWeight): { readonly rows: number; readonly columns: number } {
  const [rows = 1, ...others] = shape;
  return { rows, columns: others.reduce((product, side) => product * side, 1) };
}
