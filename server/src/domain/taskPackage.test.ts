import { describe, expect, test } from '@jest/globals';
import { isGraphPackage, mapPackage, missingOf, wholePackage } from './taskPackage.ts';

const described = { 'task.json': 't', 'adapter.safetensors': 'a', 'CARD.md': 'c' };
const adapter = { ...described, 'task_decoder.onnx': 'd' };
const graph = { ...described, 'task_model.onnx': 'm' };

describe('a task package', () => {
  test('is whole with its description and one of what it may be run by', () => {
    for (const files of [adapter, graph]) {
      expect(wholePackage(files)).toEqual(files);
      expect(missingOf(files)).toEqual([]);
    }
    expect([isGraphPackage(adapter), isGraphPackage(graph)]).toEqual([false, true]);
  });

  test('is none with neither, or with both, and says what it lacks', () => {
    const neither = 'either task_decoder.onnx or task_model.onnx';
    for (const [files, missing] of [
      [described, [neither]],
      [{ ...adapter, ...graph }, [neither]],
      [{}, ['task.json', 'adapter.safetensors', 'CARD.md', neither]],
      [{ 'task.json': 't', 'task_model.onnx': 'm' }, ['adapter.safetensors', 'CARD.md']],
    ] as const) {
      expect(wholePackage(files)).toBeUndefined();
      expect(missingOf(files)).toEqual(missing);
    }
  });

  test('becomes another one of the same kind, file by file', async () => {
    const names: string[] = [];
    const upper = await mapPackage(graph, (value, name) => {
      names.push(name);
      return value.toUpperCase();
    });
    expect(upper).toEqual({
      'task.json': 'T',
      'adapter.safetensors': 'A',
      'CARD.md': 'C',
      'task_model.onnx': 'M',
    });
    expect(names.sort()).toEqual(Object.keys(graph).sort());
    expect(await mapPackage(adapter, () => 1)).toEqual({
      ...{ 'task.json': 1, 'adapter.safetensors': 1, 'CARD.md': 1, 'task_decoder.onnx': 1 },
    });
  });
});
