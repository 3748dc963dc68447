import { HANGING_PROTOCOL_ID } from './id.ts';

const VOI_SYNC_GROUP = {
  type: 'voi',
  id: 'tomoclick',
  source: true,
  target: true,
  options: { syncColormap: true },
};
/** A SEG that is loaded in one plane is shown in all. */
const HYDRATE_SEG_SYNC_GROUP = {
  type: 'hydrateseg',
  id: 'sameFORId',
  source: true,
  target: true,
  options: { matchingRules: ['sameFOR'] },
};
const DISPLAY_SET = 'series';

function viewportOf(orientation: 'axial' | 'sagittal' | 'coronal') {
  return {
    viewportOptions: {
      viewportId: `tomoclick-${orientation}`,
      toolGroupId: 'mpr',
      viewportType: 'volume',
      orientation,
      initialImageOptions: { preset: 'middle' },
      syncGroups: [VOI_SYNC_GROUP, HYDRATE_SEG_SYNC_GROUP],
    },
    displaySets: [{ id: DISPLAY_SET }],
  };
}

const planes = {
  id: HANGING_PROTOCOL_ID,
  name: 'Tomoclick: three planes',
  description: 'A large axial plane, sagittal and coronal beside it',
  locked: true,
  isPreset: true,
  icon: 'layout-advanced-mpr',
  availableTo: {},
  editableBy: {},
  protocolMatchingRules: [
    {
      id: 'has-images',
      weight: 100,
      attribute: 'numberOfDisplaySetsWithImages',
      constraint: { greaterThan: { value: 0 } },
    },
  ],
  // What the planes show first comes first.
  imageLoadStrategy: 'interleaveCenter',
  callbacks: {},
  displaySetSelectors: {
    [DISPLAY_SET]: {
      seriesMatchingRules: [
        {
          attribute: 'isReconstructable',
          weight: 1,
          constraint: { equals: { value: true } },
          required: true,
        },
        // The series named in the URL, where one is.
        { attribute: 'isDisplaySetFromUrl', weight: 20, constraint: { equals: true } },
        { attribute: 'numImageFrames', weight: 2, constraint: { greaterThan: { value: 20 } } },
      ],
    },
  },
  stages: [
    {
      id: 'planes',
      name: 'Three planes',
      viewportStructure: {
        layoutType: 'grid',
        properties: {
          rows: 2,
          columns: 2,
          layoutOptions: [
            { x: 0, y: 0, width: 0.6, height: 1 },
            { x: 0.6, y: 0, width: 0.4, height: 0.5 },
            { x: 0.6, y: 0.5, width: 0.4, height: 0.5 },
          ],
        },
      },
      viewports: [viewportOf('axial'), viewportOf('coronal'), viewportOf('sagittal')],
    },
  ],
};

export function getHangingProtocolModule() {
  return [{ name: HANGING_PROTOCOL_ID, protocol: planes }];
}
