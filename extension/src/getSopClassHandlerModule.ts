import { volumesHandler } from './adapters/ohif/volumesHandler.ts';
import type { ExtensionContext, SopClassHandler } from './ports/ohif.ts';

export function getSopClassHandlerModule({ extensionManager }: ExtensionContext): SopClassHandler[] {
  return [volumesHandler(extensionManager)];
}
