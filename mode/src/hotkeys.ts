import { COMMANDS_CONTEXT, TOOL_NAME } from '@tomoclick/extension/src/id.ts';

export interface HotkeyBinding {
  readonly commandName: string;
  readonly commandOptions?: object;
  readonly context?: string;
  readonly label: string;
  readonly keys: readonly string[];
  readonly isEditable?: boolean;
}

const DRAWINGS = [
  { drawing: 'point', label: 'click', key: 'c' },
  { drawing: 'box', label: 'box', key: 'b' },
  { drawing: 'scribble', label: 'scribble', key: 's' },
  { drawing: 'lasso', label: 'lasso', key: 'o' },
];

const OURS: readonly HotkeyBinding[] = [
  { commandName: 'tomoclickTogglePolarity', label: 'Segment: include or exclude', keys: ['x'] },
  ...DRAWINGS.map(({ drawing, label, key }) => ({
    commandName: 'tomoclickDraw',
    commandOptions: { drawing },
    label: `Segment: ${label}`,
    keys: [key],
  })),
  {
    commandName: 'tomoclickResize',
    commandOptions: { wish: 'smaller' },
    label: 'Segment: smaller',
    keys: [','],
  },
  {
    commandName: 'tomoclickResize',
    commandOptions: { wish: 'larger' },
    label: 'Segment: larger',
    keys: ['.'],
  },
  { commandName: 'tomoclickNewSegment', label: 'Segment: new', keys: ['n'] },
  { commandName: 'tomoclickSave', label: 'Segment: save to PACS', keys: ['ctrl+s'] },
].map(binding => ({ ...binding, context: COMMANDS_CONTEXT, isEditable: true }));

const ACTIVATE_TOOL: HotkeyBinding = {
  commandName: 'setToolActiveToolbar',
  commandOptions: { toolName: TOOL_NAME },
  label: 'Segment by click',
  keys: ['p'],
  isEditable: true,
};

/** The viewer's own hot keys (its undo and redo are taken over) and ours; where both want a key, ours has it. */
export function withOurHotkeys(bindings: readonly HotkeyBinding[]): HotkeyBinding[] {
  const added = [...OURS, ACTIVATE_TOOL];
  const taken = new Set(added.flatMap(binding => binding.keys));
  return [...bindings.filter(binding => !binding.keys.some(key => taken.has(key))), ...added];
}
