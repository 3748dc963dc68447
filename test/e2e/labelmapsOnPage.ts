import type { Page } from 'playwright-core';
import type { PageWithCornerstone } from './pageWithCornerstone.ts';

/** The voxels of the SEG that was loaded last, where the viewer has put them: "SOPInstanceUID#frame/offset". */
export async function loadedVoxels(page: Page): Promise<ReadonlySet<string>> {
  const voxels = await page.evaluate(() => {
    const { services, cornerstone } = window as unknown as PageWithCornerstone;
    const loaded = services.segmentationService.getSegmentations().at(-1);
    return (loaded?.representationData.Labelmap?.imageIds ?? []).flatMap(imageId => {
      const image = cornerstone.cache.getImage(imageId);
      const [, uid, frame] = /instances\/([\d.]+)\/frames\/(\d+)/.exec(image?.referencedImageId ?? '') ?? [];
      if (!image || !uid) throw new Error('a labelmap image names no source');
      const labels = Array.from(image.voxelManager.getScalarData());
      return labels.flatMap((label, offset) => (label === 0 ? [] : [`${uid}#${frame}/${offset}`]));
    });
  });
  return new Set(voxels);
}

/** By viewport, the labelmaps that are laid over it. */
export function labelmapsShown(page: Page): Promise<readonly (readonly string[])[]> {
  return page.evaluate(() => {
    const { cornerstone, services } = window as unknown as PageWithCornerstone;
    return cornerstone
      .getEnabledElements()
      .map(({ viewportId }) => services.segmentationService.getSegmentationRepresentations(viewportId))
      .map(shown => shown.map(({ segmentationId }) => segmentationId));
  });
}
