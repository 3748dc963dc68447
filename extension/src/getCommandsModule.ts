import { COMMANDS_CONTEXT } from './id.ts';
import type { Drawing, SizeWish } from './domain/promptSession.ts';
import type { Tomoclick } from './tomoclick.ts';

/** What buttons and hot keys can do; each acts on the series in the active viewport. */
export function getCommandsModule(running: () => Tomoclick) {
  const actions = {
    tomoclickUndo: () => running().activeRunner?.takeStep('undo'),
    tomoclickRedo: () => running().activeRunner?.takeStep('redo'),
    tomoclickClear: () => running().activeRunner?.takeStep('clear'),
    tomoclickNewSegment: () => running().activeRunner?.addSegment(),
    tomoclickSave: () => running().activeRunner?.save(),
    tomoclickDraw: ({ drawing }: { readonly drawing: Drawing }) => running().drawWith(drawing),
    tomoclickResize: ({ wish }: { readonly wish: SizeWish }) => running().activeRunner?.resize(wish),
    tomoclickTogglePolarity: () => {
      const runner = running().activeRunner;
      runner?.setPolarity(runner.getSession().polarity === 'include' ? 'exclude' : 'include');
    },
  };
  return { actions, definitions: actions, defaultContext: COMMANDS_CONTEXT };
}
