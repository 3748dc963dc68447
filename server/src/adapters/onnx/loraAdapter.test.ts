import { describe, expect, test } from '@jest/globals';
import { safetensorsOf } from './fixtures/tinyTask.ts';
import { mergeAdapter, readLoraAdapter } from './loraAdapter.ts';
import { readSafetensors } from './safetensors.ts';

// A convolution of 2 × 3 × 1 × 1 × 2 behind four other bytes.
const WEIGHT = { name: 'w', shape: [2, 3, 1, 1, 2], byteOffset: 4, byteLength: 48 };
const a = { shape: [1, 6], values: [1, 2, 3, 4, 5, 6] };
const b = { shape: [2, 1], values: [10, -1] };

function withHeader(header: string, dataBytes = 0): Uint8Array {
  const json = Buffer.from(header);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return new Uint8Array(Buffer.concat([length, json, Buffer.alloc(dataBytes)]));
}

describe('a LoRA adapter', () => {
  test('is added to its weight, in place and in the layout of the weight', () => {
    const adapter = readLoraAdapter(safetensorsOf({ 'w.lora_b': b, 'w.lora_a': a }, { scale: '0.5' }), [
      WEIGHT,
    ]);
    const data = Buffer.alloc(56);
    for (let at = 0; at < 56; at += 4) data.writeFloatLE(100, at);
    mergeAdapter(data, adapter);
    const merged = Array.from({ length: 14 }, (_, n) => data.readFloatLE(4 * n));
    const changes = [5, 10, 15, 20, 25, 30, -0.5, -1, -1.5, -2, -2.5, -3];
    expect(merged).toEqual([100, ...changes.map(change => 100 + change), 100]);
  });

  test('with B = 0, or without any factors, leaves the base exactly as it is', () => {
    const zero = { shape: [2, 1], values: [0, 0] };
    for (const bytes of [
      safetensorsOf({ 'w.lora_a': a, 'w.lora_b': zero }, { scale: '2' }),
      safetensorsOf({}, {}),
    ]) {
      const data = Buffer.from(Float32Array.from({ length: 13 }, (_, n) => Math.sin(n)).buffer);
      const before = Buffer.from(data);
      mergeAdapter(data, readLoraAdapter(bytes, [WEIGHT]));
      expect(data.equals(before)).toBe(true);
    }
  });

  test('is refused where it does not fit the encoder', () => {
    const refused = (tensors: Parameters<typeof safetensorsOf>[0], scale = '1'): (() => unknown) => {
      return () => readLoraAdapter(safetensorsOf(tensors, { scale }), [WEIGHT]);
    };
    expect(refused({ 'v.lora_a': a, 'v.lora_b': b })).toThrow('belongs to no weight');
    expect(refused({ w: a })).toThrow('belongs to no weight');
    expect(refused({ 'w.lora_b': b })).toThrow('no lora_a');
    expect(refused({ 'w.lora_a': a })).toThrow('do not fit');
    expect(refused({ 'w.lora_a': { ...a, shape: [2, 3] }, 'w.lora_b': b })).toThrow('do not fit');
    expect(refused({ 'w.lora_a': a, 'w.lora_b': b }, 'much')).toThrow('scale');
    expect(refused({ 'w.lora_a': a, 'w.lora_b': { ...b, values: [1, NaN] } })).toThrow('finite');
  });
});

describe('a safetensors file', () => {
  test('is refused where its header, or what the header says of the data, is wrong', () => {
    const tensor = (shape: string, range: string, dtype = 'F32'): string =>
      `{"x":{"dtype":"${dtype}","shape":${shape},"data_offsets":${range}}}`;
    expect(() => readSafetensors(new Uint8Array(7))).toThrow('before its header');
    expect(() => readSafetensors(new Uint8Array(8).fill(255))).toThrow('does not fit');
    expect(() => readSafetensors(withHeader('{'))).toThrow();
    expect(() => readSafetensors(withHeader('[]'))).toThrow();
    expect(() => readSafetensors(withHeader(tensor('[2]', '[0,4]'), 4))).toThrow('where its shape says');
    expect(() => readSafetensors(withHeader(tensor('[1]', '[0,4]'), 0))).toThrow('where its shape says');
    expect(() => readSafetensors(withHeader(tensor('[1]', '[4,8]'), 8))).toThrow('where its shape says');
    expect(() => readSafetensors(withHeader(tensor('[1]', '[0,4]'), 8))).toThrow('no tensor claims');
    expect(() => readSafetensors(withHeader(tensor('[-1]', '[0,4]'), 4))).toThrow();
    expect(() => readSafetensors(withHeader(tensor('[1]', '[0,4]', 'F64'), 4))).toThrow();
    const overlapping =
      '{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"y":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
    expect(() => readSafetensors(withHeader(overlapping, 4))).toThrow('where its shape says');
    expect(readSafetensors(withHeader(tensor('[]', '[0,4]'), 4)).tensors.get('x')?.values).toHaveLength(1);
  });
});
