import {
  EXTENSION_URL,
  HANGING_PROTOCOL_ID,
  PANEL_ID,
  STOCK_HANDLER_ID,
  TOOL_NAME,
  VOLUMES_HANDLER_ID,
} from '@tomoclick/extension/src/id.ts';
import { withOurHotkeys } from './hotkeys.ts';
import { MODE_ID, ROUTE_NAME } from './id.ts';
import { withVolumesInOrder } from './volumeOrder.ts';
import { volumeOverlay } from './volumeOverlay.ts';
import { PRIMARY_SECTION, promptButton, SLICE_TOOL_GROUPS } from './toolbarButtons.ts';

/** The part of OHIF's modes that is used here; names are OHIF's. */
interface ModeContext {
  readonly servicesManager: {
    readonly services: {
      readonly toolGroupService: { getToolGroup(toolGroupId: string): ToolGroup | undefined };
    };
  };
}

interface ToolGroup {
  addTool(toolName: string): void;
  setToolActive(toolName: string, options: object): void;
  setToolPassive(toolName: string): void;
}

interface LayoutTemplate {
  readonly props: {
    readonly rightPanels: readonly string[];
    readonly viewports: readonly ViewportKind[];
  } & Record<string, unknown>;
}

interface ViewportKind {
  readonly namespace: string;
  /** SOP class handlers by id. */
  readonly displaySetsToDisplay: readonly string[];
}

interface Mode {
  readonly extensions: Readonly<Record<string, string>>;
  readonly toolbarButtons: readonly object[];
  readonly toolbarSections: readonly object[];
  /** By id; the first that makes display sets of an image has it. */
  readonly sopClassHandlers: readonly string[];
  readonly routes: readonly [{ layoutTemplate(context: unknown): LayoutTemplate }];
  onModeEnter(this: Mode, context: ModeContext): void;
}

interface ModeModule {
  modeFactory(options: FactoryOptions): Mode | Promise<Mode>;
}

interface FactoryOptions {
  readonly modeConfiguration: object;
  readonly loadModules: (names: readonly string[]) => Promise<readonly ModeModule[]>;
}

const BASE_MODE = '@ohif/mode-basic';
/** Lists all segmentations, loaded SEGs too, without editing. */
const STOCK_SEGMENTATION_PANEL = '@ohif/extension-cornerstone.panelModule.panelSegmentation';
const PRIMARY_BUTTON = 1;

/** OHIF's basic mode with our tool, panel, planes and hot keys. */
async function modeFactory({ loadModules }: FactoryOptions) {
  const [base] = await loadModules([BASE_MODE]);
  if (!base) throw new Error(`${BASE_MODE} is not part of this viewer`);
  const basic = await base.modeFactory({ modeConfiguration: {}, loadModules });
  const [route] = basic.routes;
  return {
    ...basic,
    id: MODE_ID,
    routeName: ROUTE_NAME,
    displayName: 'Tomoclick',
    hide: false,
    extensions: { ...basic.extensions, [EXTENSION_URL]: '^0.1.0' },
    sopClassHandlers: [VOLUMES_HANDLER_ID, ...basic.sopClassHandlers],
    hangingProtocol: [HANGING_PROTOCOL_ID, 'default'],
    toolbarButtons: [...basic.toolbarButtons, promptButton],
    toolbarSections: [...basic.toolbarSections, { primary: PRIMARY_SECTION }],
    modeCustomizations: {
      'panelSegmentation.disableEditing': true,
      // After each click they would copy image and labelmap whole, twice, while the page answers nobody. Our panel has volumes.
      'panelSegmentation.disableUpdateSegmentationStats': true,
      sortingCriteria: { $apply: withVolumesInOrder },
      'viewportOverlay.topLeft': { $push: [volumeOverlay] },
      'ohif.hotkeyBindings': { $apply: withOurHotkeys },
    },
    routes: [
      {
        ...route,
        path: ROUTE_NAME,
        layoutTemplate(context: unknown): LayoutTemplate {
          const layout = route.layoutTemplate(context);
          const rightPanels = [PANEL_ID, STOCK_SEGMENTATION_PANEL];
          const viewports = layout.props.viewports.map(showingOurs);
          return { ...layout, props: { ...layout.props, viewports, rightPanels, rightPanelClosed: false } };
        },
      },
    ],
    onModeEnter(this: Mode, context: ModeContext): void {
      basic.onModeEnter.call(this, context);
      const { toolGroupService } = context.servicesManager.services;
      for (const toolGroupId of SLICE_TOOL_GROUPS)
        activatePromptTool(toolGroupService.getToolGroup(toolGroupId));
    },
  };
}

/** What shows the viewer's display sets of images shows ours, too. */
function showingOurs(kind: ViewportKind): ViewportKind {
  if (!kind.displaySetsToDisplay.includes(STOCK_HANDLER_ID)) return kind;
  return { ...kind, displaySetsToDisplay: [...kind.displaySetsToDisplay, VOLUMES_HANDLER_ID] };
}

function activatePromptTool(toolGroup: ToolGroup | undefined): void {
  if (!toolGroup) return;
  toolGroup.addTool(TOOL_NAME);
  toolGroup.setToolPassive('WindowLevel');
  toolGroup.setToolActive(TOOL_NAME, { bindings: [{ mouseButton: PRIMARY_BUTTON }] });
}

export default { id: MODE_ID, modeFactory, extensionDependencies: {} };
