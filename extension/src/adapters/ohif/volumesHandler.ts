import { seriesVolumesOf } from '../../domain/seriesVolumes.ts';
import { STOCK_HANDLER_ID, VOLUMES_HANDLER_ID, VOLUMES_HANDLER_NAME } from '../../id.ts';
import type { ImageInstance } from '../../ports/imageInstance.ts';
import type { ExtensionManager, NewDisplaySet, SopClassHandler } from '../../ports/ohif.ts';
import { placedImagesOf } from './placedImages.ts';

/** CT, MR and PET: classic, Enhanced and Legacy Converted Enhanced Image Storage. */
const SOP_CLASS_UIDS = ['2', '2.1', '2.2', '4', '4.1', '4.4', '128', '130', '128.1'].map(
  ending => `1.2.840.10008.5.1.4.1.1.${ending}`,
);

/**
 * Of a series that holds several volumes (orientations, localisers, phases), a display set each, made by the
 * viewer's own handler of that volume's images. All other series are left to that handler alone.
 */
export function volumesHandler(extensionManager: ExtensionManager): SopClassHandler {
  const frameImageIdOf = (instance: ImageInstance, frame: number): string => {
    const [dataSource] = extensionManager.getActiveDataSource();
    if (!dataSource) throw new Error('images come from a data source');
    return dataSource.getImageIdsForInstance({ instance, frame });
  };
  return {
    name: VOLUMES_HANDLER_NAME,
    sopClassUids: SOP_CLASS_UIDS,
    getDisplaySetsFromSeries(instances) {
      const images = placedImagesOf(instances, frameImageIdOf);
      const volumes = images ? seriesVolumesOf(images.map(({ slice }) => slice)) : [];
      if (!images || volumes.length < 2) return [];
      const stock = extensionManager.getModuleEntry(STOCK_HANDLER_ID) as SopClassHandler;
      return volumes.flatMap(({ members, label }, index) =>
        stock
          .getDisplaySetsFromSeries(members.map(member => images[member]!.instance))
          .map(displaySet => named(displaySet, label, index + 1)),
      );
    },
  };
}

/** What tells the volumes apart comes first: lists cut the end off. */
function named(displaySet: NewDisplaySet, volumeLabel: string, volumeNumber: number): NewDisplaySet {
  const { SeriesDescription: series } = displaySet;
  const description = series ? `${volumeLabel} · ${series}` : volumeLabel;
  displaySet.setAttributes({
    SOPClassHandlerId: VOLUMES_HANDLER_ID,
    ...{ volumeLabel, volumeNumber, SeriesDescription: description, label: description },
  });
  return displaySet;
}
