import { describe, expect, test } from '@jest/globals';
import { sct } from './code.ts';
import {
  codesOfClass,
  promoted,
  requirePromoted,
  retired,
  taskStateOf,
  type RegisteredTask,
} from './task.ts';

const candidate = { history: [{ state: 'candidate', at: 'then' }] } as unknown as RegisteredTask;

describe('a task', () => {
  test('is promoted, retired and promoted again, and remembers it', () => {
    expect(() => requirePromoted(candidate)).toThrow('wrong-state');
    const again = promoted(retired(promoted(candidate, 'a'), 'b'), 'c');
    expect(again.history.map(({ state }) => state)).toEqual([
      ...['candidate', 'promoted', 'retired', 'promoted'],
    ]);
    expect(() => requirePromoted(again)).not.toThrow();
    expect(() => promoted(again, 'd')).toThrow('wrong-state');
    expect(() => retired(retired(again, 'd'), 'e')).toThrow('wrong-state');
    expect(taskStateOf(candidate)).toBe('candidate');
  });

  test('codes the side that the label of a class says, and nothing that its codes do not say', () => {
    const category = sct('123037004', 'Anatomical Structure');
    const kidney = { label: 'Left kidney', category, type: sct('64033007', 'Kidney') };
    expect(codesOfClass(kidney).typeModifiers).toEqual([sct('7771000', 'Left')]);
    const spleen = sct('78961009', 'Spleen');
    expect(codesOfClass({ label: 'Left kidney', category, type: spleen })).toEqual({
      ...{ category, type: spleen, typeModifiers: [] },
    });
  });
});
