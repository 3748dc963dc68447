import type * as core from '@cornerstonejs/core';
import type * as tools from '@cornerstonejs/tools';

export type CornerstoneCore = typeof core;
export type CornerstoneTools = typeof tools;

/** The libraries of the viewer we run in: two copies would not see each other's images. */
export interface Cornerstone {
  readonly core: CornerstoneCore;
  readonly tools: CornerstoneTools;
}

/**
 * Present from `preRegistration` on, not while modules are loaded.
 * @throws Error outside OHIF
 */
export function cornerstoneOfViewer(): Cornerstone {
  const { cornerstone, cornerstoneTools } = globalThis as {
    cornerstone?: CornerstoneCore;
    cornerstoneTools?: CornerstoneTools;
  };
  if (!cornerstone || !cornerstoneTools) throw new Error('Tomoclick runs inside OHIF 3.13 or newer');
  return { core: cornerstone, tools: cornerstoneTools };
}
