import { TOOL_NAME } from '@tomoclick/extension/src/id.ts';

/** Tool groups of the basic mode whose viewports show slices. */
export const SLICE_TOOL_GROUPS = ['default', 'mpr'];

/** Makes a click a prompt again after another tool was chosen. */
export const promptButton = {
  id: TOOL_NAME,
  uiType: 'ohif.toolButton',
  props: {
    icon: 'icon-tool-click-segment',
    label: 'Segment by click',
    tooltip: 'Segment by click (P)',
    commands: { commandName: 'setToolActiveToolbar', commandOptions: { toolGroupIds: SLICE_TOOL_GROUPS } },
    evaluate: 'evaluate.cornerstoneTool',
  },
};

/** Section of the toolbar at the top of the viewer, in the order shown. */
export const PRIMARY_SECTION = [
  promptButton.id,
  'WindowLevel',
  'Zoom',
  'Pan',
  'MeasurementTools',
  'Capture',
  'Layout',
  'Crosshairs',
  'MoreTools',
];
