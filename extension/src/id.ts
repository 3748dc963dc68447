export const EXTENSION_ID = '@tomoclick/extension';
/** Where a viewer that loads plugins at run time finds this extension. */
export const EXTENSION_URL = '/plugins/tomoclick/extension.js';
export const TOOL_NAME = 'TomoclickPrompt';
export const PANEL_NAME = 'segments';
export const PANEL_ID = `${EXTENSION_ID}.panelModule.${PANEL_NAME}`;
export const VOLUMES_HANDLER_NAME = 'volumes';
/** Makes the display sets of a series that holds several volumes; the viewer's own makes those of others. */
export const VOLUMES_HANDLER_ID = `${EXTENSION_ID}.sopClassHandlerModule.${VOLUMES_HANDLER_NAME}`;
export const STOCK_HANDLER_ID = '@ohif/extension-default.sopClassHandlerModule.stack';
export const HANGING_PROTOCOL_ID = 'tomoclick.planes';
/** Context in which our commands are registered; buttons and hot keys name it. */
export const COMMANDS_CONTEXT = 'TOMOCLICK';
