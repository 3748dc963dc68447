import { getCommandsModule } from './getCommandsModule.ts';
import { getHangingProtocolModule } from './getHangingProtocolModule.ts';
import { getPanelModule } from './getPanelModule.tsx';
import { EXTENSION_ID } from './id.ts';
import { cornerstoneOfViewer } from './ports/cornerstone.ts';
import type { ExtensionContext } from './ports/ohif.ts';
import { Tomoclick } from './tomoclick.ts';

let tomoclick: Tomoclick | undefined;

function running(): Tomoclick {
  if (!tomoclick) throw new Error('OHIF registers an extension before it asks for its modules');
  return tomoclick;
}

/** The OHIF extension. */
const extension = {
  id: EXTENSION_ID,
  preRegistration({ servicesManager, extensionManager, commandsManager }: ExtensionContext): void {
    const { services } = servicesManager;
    tomoclick = new Tomoclick(services, extensionManager, commandsManager, cornerstoneOfViewer());
  },
  onModeEnter: (): void => running().enterMode(),
  onModeExit: (): void => running().exitMode(),
  getCommandsModule: () => getCommandsModule(running),
  getPanelModule: () => getPanelModule(running),
  getHangingProtocolModule,
};

export default extension;
