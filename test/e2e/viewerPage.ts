import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { PNG } from 'pngjs';
import type { Vector3 } from '../../server/src/domain/affine.ts';
import type { PageWithCornerstone } from './pageWithCornerstone.ts';

const ARTIFACTS = resolve(import.meta.dirname, '../artifacts');
const PLANES = ['axial', 'coronal', 'sagittal'] as const;
export type Plane = (typeof PLANES)[number];

/** One place on the screen: where it lies in the patient, and what is drawn there. */
export interface ScreenSample {
  readonly canvas: readonly [number, number];
  readonly pointLps: Vector3;
  readonly rgb: readonly [number, number, number];
}

/** The viewer as its reader uses it. */
export class ViewerPage {
  constructor(
    readonly page: Page,
    private readonly url: string,
  ) {}

  async openStudyList(patient: string): Promise<void> {
    await this.page.goto(this.url);
    await this.page.getByText(patient).first().waitFor();
  }

  /** Chooses the study, and our mode, by their names. */
  async openMode(patient: string): Promise<void> {
    await this.page.getByText(patient).first().click();
    await this.page.getByText('Tomoclick', { exact: true }).click();
    await this.waitForImages();
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.waitForImages();
  }

  /** By the arrow at the top left, back to the study list. */
  async leaveMode(): Promise<void> {
    await this.page.locator('[data-cy=return-to-work-list]').first().click();
    await this.page.getByText('Study List').first().waitFor();
  }

  /** Loads a SEG of the study browser beside our own labelmaps, until the viewer lists it, too. */
  async openStoredSegmentation(description: string): Promise<void> {
    const before = await this.segmentationCount();
    await this.page.getByText(description).first().dblclick();
    await this.page.getByText('LOAD', { exact: true }).click();
    await this.page.waitForFunction(count => {
      const { services } = window as unknown as PageWithCornerstone;
      return services.segmentationService.getSegmentations().length > count;
    }, before);
    await this.page.waitForTimeout(RENDERING_MS);
  }

  private segmentationCount(): Promise<number> {
    return this.page.evaluate(() => {
      const { services } = window as unknown as PageWithCornerstone;
      return services.segmentationService.getSegmentations().length;
    });
  }

  /** Until all three planes are there with every slice loaded, and the session with the server has begun. */
  async waitForImages(): Promise<void> {
    await this.page.locator('[data-cy=tomoclick-panel] [data-cy=tomoclick-segment]').first().waitFor();
    await this.page.waitForFunction(
      planeCount => {
        const { cornerstone } = window as unknown as PageWithCornerstone;
        const loads = cornerstone.cache.getVolumes().flatMap(({ loadStatus }) => loadStatus ?? []);
        const areLoaded = loads.length > 0 && loads.every(({ loaded }) => loaded);
        return cornerstone.getEnabledElements().length === planeCount && areLoaded;
      },
      PLANES.length,
      { polling: 200 },
    );
    await this.waitUntilIdle();
  }

  /** The list of series, up to what is said of all volumes of one alike. */
  async seriesListed(): Promise<string[]> {
    const thumbnails = this.page.locator('[data-cy=study-browser-thumbnail]');
    const texts = await thumbnails.allInnerTexts();
    return texts.map(text => /^.* · /m.exec(text)?.[0].replace(' · ', '') ?? text);
  }

  /** Chooses one of the volumes of a series in the list of series, by what it is called there. */
  async showVolume(label: string): Promise<void> {
    await this.page.locator('[data-cy=study-browser-thumbnail]', { hasText: label }).dblclick();
    await this.page.locator('[data-cy=tomoclick-panel]').getByText(label).waitFor();
    await this.waitForImages();
  }

  /** Shows another volume of the series below the axial plane, in the viewer's own layout of two rows. */
  async showVolumeBelow(label: string): Promise<void> {
    await this.page.locator('[data-cy=Layout]').click();
    await this.page.locator('[data-cy=Layout-0-1]').click();
    const panes = this.page.locator('[data-cy=viewport-pane]');
    await panes.nth(1).waitFor();
    await this.page.locator('[data-cy=study-browser-thumbnail]', { hasText: label }).dragTo(panes.nth(1));
    await this.page.locator('[data-cy=tomoclick-panel]').getByText(label).waitFor();
    await this.waitUntilIdle();
  }

  /** Until everything asked for is done. @throws Error with what the panel says when something failed */
  async waitUntilIdle(): Promise<void> {
    const panel = this.page.locator('[data-cy=tomoclick-status]');
    const end = this.page.locator('[data-cy=tomoclick-status][data-state=idle]');
    const failure = this.page.locator('[data-cy=tomoclick-failure]');
    await end.or(failure).first().waitFor();
    if (await failure.isVisible()) throw new Error(await panel.innerText());
    await this.page.waitForTimeout(RENDERING_MS);
  }

  /** Brings a position to the middle of every plane, enlarged against the view as it opened. */
  async zoomTo(pointLps: Vector3, factor: number): Promise<void> {
    await this.page.evaluate(
      ([point, zoom]) => {
        const { cornerstone } = window as unknown as PageWithCornerstone;
        for (const { viewport } of cornerstone.getEnabledElements()) {
          viewport.resetCamera();
          const { focalPoint, position, parallelScale } = viewport.getCamera();
          const moved = (axis: 0 | 1 | 2): number => position[axis] - focalPoint[axis] + point[axis];
          viewport.setCamera({
            focalPoint: point,
            position: [moved(0), moved(1), moved(2)],
            parallelScale: parallelScale / zoom,
          });
          viewport.render();
        }
      },
      [pointLps, factor] as const,
    );
    await this.page.waitForTimeout(RENDERING_MS);
  }

  /** Scrolls a plane to a position and clicks it there. */
  async click(plane: Plane, pointLps: Vector3, modifier?: 'Control' | 'Alt'): Promise<void> {
    const place = await this.scrollTo(plane, pointLps);
    if (modifier) await this.page.keyboard.down(modifier);
    await this.page.mouse.click(place.x, place.y);
    if (modifier) await this.page.keyboard.up(modifier);
    await this.waitUntilIdle();
  }

  /** What dragging draws from now on. */
  async drawWith(kind: 'point' | 'box' | 'scribble' | 'lasso'): Promise<void> {
    await this.page.locator(`[data-cy=tomoclick-draw-${kind}]`).click();
  }

  /** Scrolls a plane to the first of some positions in it and drags along them. */
  async drag(plane: Plane, pathLps: readonly Vector3[], modifier?: 'Control'): Promise<void> {
    const [start, ...rest] = await this.placesOf(plane, pathLps);
    if (!start) throw new Error('a drag needs a beginning');
    if (modifier) await this.page.keyboard.down(modifier);
    await this.page.mouse.move(start.x, start.y);
    await this.page.mouse.down();
    for (const { x, y } of rest) await this.page.mouse.move(x, y, { steps: 5 });
    await this.page.mouse.up();
    if (modifier) await this.page.keyboard.up(modifier);
    await this.waitUntilIdle();
  }

  private async placesOf(plane: Plane, pathLps: readonly Vector3[]): Promise<{ x: number; y: number }[]> {
    const [first] = pathLps;
    if (first) await this.scrollTo(plane, first);
    return this.page.evaluate(
      ([viewportId, points]) => {
        const { cornerstone } = window as unknown as PageWithCornerstone;
        const found = cornerstone.getEnabledElements().find(enabled => enabled.viewportId === viewportId);
        if (!found) throw new Error(`${viewportId} is not shown`);
        const bounds = found.viewport.canvas.getBoundingClientRect();
        return points.map(point => {
          const [x, y] = found.viewport.worldToCanvas(point);
          return { x: bounds.x + x, y: bounds.y + y };
        });
      },
      [viewportIdOf(plane), pathLps] as const,
    );
  }

  /** The values between which a plane shows greys. */
  windowOf(plane: Plane): Promise<{ readonly lower: number; readonly upper: number } | undefined> {
    return this.page.evaluate(viewportId => {
      const { cornerstone } = window as unknown as PageWithCornerstone;
      const found = cornerstone.getEnabledElements().find(enabled => enabled.viewportId === viewportId);
      return found?.viewport.getProperties().voiRange;
    }, viewportIdOf(plane));
  }

  /** Scrolls a plane to a position and rests the pointer there. @returns the point that the server is told of */
  async pointAt(plane: Plane, pointLps: Vector3): Promise<Vector3> {
    const place = await this.scrollTo(plane, pointLps);
    const told = this.page.waitForRequest(request => request.url().includes('/warm-point'));
    // From outside the viewports: a stop on the way, however short it is meant, may be taken for a rest.
    await this.page.mouse.move(0, 0);
    await this.page.mouse.move(place.x, place.y);
    return ((await told).postDataJSON() as { pointLps: Vector3 }).pointLps;
  }

  private scrollTo(plane: Plane, pointLps: Vector3): Promise<{ x: number; y: number }> {
    return this.page.evaluate(
      ([viewportId, point]) => {
        const { cornerstone } = window as unknown as PageWithCornerstone;
        const found = cornerstone.getEnabledElements().find(enabled => enabled.viewportId === viewportId);
        if (!found) throw new Error(`${viewportId} is not shown`);
        found.viewport.jumpToWorld(point);
        found.viewport.render();
        const bounds = found.viewport.canvas.getBoundingClientRect();
        const [x, y] = found.viewport.worldToCanvas(point);
        return { x: bounds.x + x, y: bounds.y + y };
      },
      [viewportIdOf(plane), pointLps] as const,
    );
  }

  async press(button: 'undo' | 'redo' | 'clear' | 'save' | 'new' | 'larger' | 'smaller'): Promise<void> {
    await this.page.locator(`[data-cy=tomoclick-${button}]`).click();
    await this.waitUntilIdle();
  }

  /** Of all segments, in the order listed. */
  labels(): Promise<string[]> {
    const fields = this.page.locator('[data-cy=tomoclick-segment] .tomoclick-label');
    return fields.evaluateAll(inputs => inputs.map(input => (input as HTMLInputElement).value));
  }

  volumes(): Promise<string[]> {
    return this.page.locator('[data-cy=tomoclick-volume]').allInnerTexts();
  }

  /** What is on the screen in one plane, on a grid of places around a position. */
  async samples(plane: Plane, aroundLps: Vector3, radiusPixels: number): Promise<readonly ScreenSample[]> {
    const grid = await this.page.evaluate(
      ([viewportId, point, radius]) => {
        const { cornerstone } = window as unknown as PageWithCornerstone;
        const found = cornerstone.getEnabledElements().find(enabled => enabled.viewportId === viewportId);
        if (!found) throw new Error(`${viewportId} is not shown`);
        const { viewport } = found;
        const bounds = viewport.canvas.getBoundingClientRect();
        const [x, y] = viewport.worldToCanvas(point);
        const places: { canvas: [number, number]; pointLps: Vector3 }[] = [];
        for (let dx = -radius; dx <= radius; dx += 3) {
          for (let dy = -radius; dy <= radius; dy += 3) {
            const canvas: [number, number] = [Math.round(x) + dx, Math.round(y) + dy];
            places.push({ canvas, pointLps: viewport.canvasToWorld(canvas) });
          }
        }
        return { places, left: bounds.x, top: bounds.y };
      },
      [viewportIdOf(plane), aroundLps, radiusPixels] as const,
    );
    const screen = PNG.sync.read(await this.page.screenshot());
    return grid.places.map(place => {
      const column = Math.round(grid.left + place.canvas[0]);
      const row = Math.round(grid.top + place.canvas[1]);
      const at = 4 * (row * screen.width + column);
      return { ...place, rgb: [screen.data[at]!, screen.data[at + 1]!, screen.data[at + 2]!] };
    });
  }

  /** Keeps a picture of the page in test/artifacts. */
  async picture(name: string): Promise<void> {
    mkdirSync(ARTIFACTS, { recursive: true });
    await this.page.screenshot({ path: join(ARTIFACTS, `${name}.png`) });
  }
}

/** After an answer the planes are drawn in the next frames; SwiftShader takes its time for them. */
const RENDERING_MS = 1500;

function viewportIdOf(plane: Plane): string {
  return `tomoclick-${plane}`;
}
