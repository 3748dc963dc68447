import { expect, test } from '@jest/globals';
import { withOurHotkeys } from './hotkeys.ts';

test('our hot keys take their keys from the viewer, which keeps its others', () => {
  const stock = [
    { commandName: 'interpolate', label: 'Interpolate', keys: ['n'] },
    { commandName: 'undo', label: 'Undo', keys: ['ctrl+z'] },
  ];
  const all = withOurHotkeys(stock);
  const commandsOf = (key: string): string[] =>
    all.filter(binding => binding.keys.includes(key)).map(binding => binding.commandName);
  expect(commandsOf('n')).toEqual(['tomoclickNewSegment']);
  expect(commandsOf('ctrl+z')).toEqual(['undo']);
  expect(['b', 's', 'o'].flatMap(commandsOf)).toEqual(Array(3).fill('tomoclickDraw'));
  expect([',', '.'].flatMap(commandsOf)).toEqual(Array(2).fill('tomoclickResize'));
  expect(commandsOf('p')).toEqual(['setToolActiveToolbar']);
});

test('no key has two meanings', () => {
  const keys = withOurHotkeys([]).flatMap(binding => binding.keys);
  expect(new Set(keys).size).toBe(keys.length);
});
