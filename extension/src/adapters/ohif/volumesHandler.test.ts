import { describe, expect, test } from '@jest/globals';
import { stackSeries } from '../../../../test/phantom/landmarkSeries.ts';
import { enhancedSeries, mixedSeries, phaseSeries } from '../../../../test/phantom/landmarkSeries.ts';
import { frameImageIdOf, viewerInstances } from '../../../../test/fixtures/viewerInstances.ts';
import { STOCK_HANDLER_ID, VOLUMES_HANDLER_ID } from '../../id.ts';
import type { ImageInstance } from '../../ports/imageInstance.ts';
import type { ExtensionManager, NewDisplaySet } from '../../ports/ohif.ts';
import { volumesHandler } from './volumesHandler.ts';

interface MadeDisplaySet {
  readonly instances: readonly ImageInstance[];
  readonly SeriesDescription: string;
  readonly attributes: Record<string, unknown>;
}

/** The viewer's handler makes one display set of what it is given; `made` are those of ours. */
async function displaySetsOf(
  files: readonly Uint8Array[],
  description = 'Liver',
): Promise<readonly MadeDisplaySet[]> {
  const stock = {
    getDisplaySetsFromSeries(instances: readonly ImageInstance[]): MadeDisplaySet[] {
      const attributes: Record<string, unknown> = {};
      const setAttributes = (added: object): void => void Object.assign(attributes, added);
      return [{ instances, SeriesDescription: description, attributes, setAttributes } as MadeDisplaySet];
    },
  };
  const extensionManager = {
    getModuleEntry: (id: string) => (id === STOCK_HANDLER_ID ? stock : undefined),
    getActiveDataSource: () => [
      {
        getImageIdsForInstance: ({ instance, frame }: { instance: ImageInstance; frame: number }) =>
          frameImageIdOf(instance, frame),
      },
    ],
  } as unknown as ExtensionManager;
  const made: readonly NewDisplaySet[] = volumesHandler(extensionManager).getDisplaySetsFromSeries(
    await viewerInstances(files),
  );
  return made as unknown as MadeDisplaySet[];
}

describe('the display sets of a series', () => {
  test('are left to the viewer where the series is one volume', async () => {
    expect(await displaySetsOf(stackSeries({}).files)).toEqual([]);
    expect(await displaySetsOf(enhancedSeries(1, 0).files)).toEqual([]);
  });

  test('are one a phase, of the images of that phase alone', async () => {
    const series = phaseSeries(0);
    const made = await displaySetsOf(series.files);
    expect(made.map(({ attributes }) => attributes)).toEqual(
      [1, 2, 3].map(phase => ({
        SOPClassHandlerId: VOLUMES_HANDLER_ID,
        volumeLabel: `phase ${phase} of 3`,
        volumeNumber: phase,
        SeriesDescription: `phase ${phase} of 3 · Liver`,
        label: `phase ${phase} of 3 · Liver`,
      })),
    );
    made.forEach(({ instances }, phase) => {
      expect(instances).toHaveLength(24);
      const start = `${series.series.seriesInstanceUID}.${phase + 1}.`;
      expect(instances.every(({ SOPInstanceUID }) => SOPInstanceUID.startsWith(start))).toBe(true);
    });
  });

  test('are named by what tells them apart alone where the series has no description', async () => {
    const made = await displaySetsOf(mixedSeries(0).files, '');
    expect(made.map(({ attributes }) => attributes['label'])).toEqual(['axial', 'coronal']);
  });

  test('are of frames where the phases are interleaved in one Enhanced object', async () => {
    const made = await displaySetsOf(enhancedSeries(3, 0).files);
    made.forEach(({ instances }, phase) => {
      const frames = instances.map(({ imageId }) => Number(/frames\/(\d+)/.exec(imageId ?? '')?.[1]));
      expect(frames).toEqual(Array.from({ length: 24 }, (_, k) => 3 * k + phase + 1));
    });
    expect(made).toHaveLength(3);
  });
});
