import type { DisplaySet, Services, Subscription } from '../../ports/ohif.ts';

/** Modalities whose slices form a volume of intensities. */
const IMAGE_MODALITIES = new Set(['CT', 'MR', 'PT', 'NM']);

/** The image display set of a viewport, whatever is laid over it. */
export function displaySetOfViewport(services: Services, viewportId: string): DisplaySet | undefined {
  const uids =
    services.viewportGridService.getState().viewports.get(viewportId)?.displaySetInstanceUIDs ?? [];
  return uids
    .map(uid => services.displaySetService.getDisplaySetByUID(uid))
    .find(displaySet => displaySet !== undefined && IMAGE_MODALITIES.has(displaySet.Modality));
}

export function activeDisplaySet(services: Services): DisplaySet | undefined {
  const viewportId = services.viewportGridService.getActiveViewportId();
  return viewportId === null ? undefined : displaySetOfViewport(services, viewportId);
}

export function viewportsOf(services: Services, displaySet: DisplaySet): readonly string[] {
  return cornerstoneViewportsOf(services).filter(
    id => displaySetOfViewport(services, id)?.displaySetInstanceUID === displaySet.displaySetInstanceUID,
  );
}

/** Those that show images, whichever. */
export function cornerstoneViewportsOf({
  viewportGridService,
  cornerstoneViewportService,
}: Services): readonly string[] {
  const viewportIds = [...viewportGridService.getState().viewports.keys()];
  return viewportIds.filter(id => cornerstoneViewportService.getCornerstoneViewport(id) !== null);
}

/** Calls back whenever what a viewport shows, labelmaps included, or which one is active, may have changed. */
export function onViewportsChanged(services: Services, callback: () => void): Subscription[] {
  const grid = services.viewportGridService;
  const viewports = services.cornerstoneViewportService;
  const sources = [
    { service: grid, names: ['ACTIVE_VIEWPORT_ID_CHANGED', 'GRID_STATE_CHANGED', 'VIEWPORTS_READY'] },
    { service: viewports, names: ['VIEWPORT_DATA_CHANGED'] },
    { service: services.segmentationService, names: ['SEGMENTATION_REPRESENTATION_MODIFIED'] },
  ];
  return sources.flatMap(({ service, names }) =>
    names.flatMap(name => {
      const event = service.EVENTS[name];
      return event === undefined ? [] : [service.subscribe(event, callback)];
    }),
  );
}
