import { getCommandsModule } from './getCommandsModule.ts';
import { getCustomizationModule } from './getCustomizationModule.ts';
import { getHangingProtocolModule } from './getHangingProtocolModule.ts';
import { getPanelModule } from './getPanelModule.tsx';
import { getSopClassHandlerModule } from './getSopClassHandlerModule.ts';
import { EXTENSION_ID } from './id.ts';
import { cornerstoneOfViewer } from './ports/cornerstone.ts';
import type { ExtensionContext } from './ports/ohif.ts';
import { Tomoclick } from './tomoclick.ts';

const LATE_MS = 2000;
let tomoclick: Tomoclick | undefined;

function running(): Tomoclick {
  if (!tomoclick) throw new Error('OHIF registers an extension before it asks for its modules');
  return tomoclick;
}

/** The OHIF extension. */
const extension = {
  id: EXTENSION_ID,
  async preRegistration({
    servicesManager,
    extensionManager,
    commandsManager,
  }: ExtensionContext): Promise<void> {
    const { services } = servicesManager;
    tomoclick = new Tomoclick(services, extensionManager, commandsManager, cornerstoneOfViewer());
    // The study list is shown next, and does not look again; a server that is slow to answer does not keep it.
    const late = new Promise<void>(resolve => setTimeout(resolve, LATE_MS));
    await Promise.race([tomoclick.desks.rankings.refresh(), late]);
  },
  onModeEnter: (): void => running().enterMode(),
  onModeExit: (): void => running().exitMode(),
  getCommandsModule: () => getCommandsModule(running),
  getCustomizationModule: () => getCustomizationModule(running().suggestions),
  getPanelModule: () => getPanelModule(running),
  getHangingProtocolModule,
  getSopClassHandlerModule,
};

export default extension;
