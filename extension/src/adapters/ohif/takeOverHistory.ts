import type { CommandsManager } from '../../ports/ohif.ts';

/** Context of the viewer's own undo and redo, behind the buttons of its header and Ctrl+Z, Ctrl+Y. */
const STOCK_CONTEXT = 'CORNERSTONE';
const STEPS = ['undo', 'redo'] as const;

/**
 * One undo for the reader: the viewer's commands first try ours, and undo annotations where there is nothing of
 * ours to undo. Returns the function that gives them back.
 * @param takeStep false where there is nothing to do
 */
export function takeOverHistory(
  commandsManager: CommandsManager,
  takeStep: (step: (typeof STEPS)[number]) => boolean,
): () => void {
  const endings = STEPS.flatMap(step => {
    const stock = commandsManager.getCommand(step, STOCK_CONTEXT);
    if (!stock) return [];
    const commandFn = (options: object): unknown => takeStep(step) || stock.commandFn(options);
    commandsManager.registerCommand(STOCK_CONTEXT, step, { ...stock, commandFn });
    return () => commandsManager.registerCommand(STOCK_CONTEXT, step, stock);
  });
  return () => endings.forEach(end => end());
}
