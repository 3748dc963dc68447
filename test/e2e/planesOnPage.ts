import type { Page } from 'playwright-core';
import { PNG } from 'pngjs';
import type { Vector3 } from '../../server/src/domain/affine.ts';
import type { PageWithCornerstone } from './pageWithCornerstone.ts';

export const PLANES = ['axial', 'coronal', 'sagittal'] as const;
export type Plane = (typeof PLANES)[number];

/** After an answer the planes are drawn in the next frames; SwiftShader takes its time for them. */
export const RENDERING_MS = 1500;

/** One place on the screen: where it lies in the patient, and what is drawn there. */
export interface ScreenSample {
  readonly canvas: readonly [number, number];
  readonly pointLps: Vector3;
  readonly rgb: readonly [number, number, number];
}

/** The three planes: what is drawn in them, and what the pointer does there. */
export class PlanesOnPage {
  /** @param settled until what the pointer has asked for is done */
  constructor(
    private readonly page: Page,
    private readonly settled: () => Promise<void>,
  ) {}

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
    await this.settled();
  }

  /** Scrolls a plane to a position and taps it there with a finger. */
  async tap(plane: Plane, pointLps: Vector3): Promise<void> {
    const place = await this.scrollTo(plane, pointLps);
    const devTools = await this.page.context().newCDPSession(this.page);
    await devTools.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [place] });
    await devTools.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await devTools.detach();
    // What it opens takes its time to begin.
    await this.page.waitForTimeout(RENDERING_MS);
    await this.settled();
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
    await this.settled();
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

  /** SOPInstanceUID of the slice of its volume that a plane along the slices draws: the viewer draws all evenly apart. */
  async sliceDrawn(plane: Plane): Promise<string> {
    const imageId = await this.page.evaluate(viewportId => {
      const { cornerstone } = window as unknown as PageWithCornerstone;
      const found = cornerstone.getEnabledElements().find(enabled => enabled.viewportId === viewportId);
      const volume = found && cornerstone.cache.getVolume(found.viewport.getVolumeId());
      if (!volume) throw new Error(`${viewportId} shows no volume`);
      const { origin, spacing, imageIds } = volume;
      return imageIds[Math.round((found.viewport.getCamera().focalPoint[2] - origin[2]) / spacing[2])];
    }, viewportIdOf(plane));
    return /\/instances\/([\d.]+)/.exec(imageId ?? '')?.[1] ?? '';
  }

  /** The point, as shown, in the middle of a plane. */
  focusOf(plane: Plane): Promise<Vector3 | undefined> {
    return this.page.evaluate(viewportId => {
      const { cornerstone } = window as unknown as PageWithCornerstone;
      const found = cornerstone.getEnabledElements().find(enabled => enabled.viewportId === viewportId);
      return found?.viewport.getCamera().focalPoint;
    }, viewportIdOf(plane));
  }

  /** The values between which a plane shows greys. */
  windowOf(plane: Plane): Promise<{ readonly lower: number; readonly upper: number } | undefined> {
    return this.page.evaluate(viewportId => {
      const { cornerstone } = window as unknown as PageWithCornerstone;
      const found = cornerstone.getEnabledElements().find(enabled => enabled.viewportId === viewportId);
      return found?.viewport.getProperties().voiRange;
    }, viewportIdOf(plane));
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
}

function viewportIdOf(plane: Plane): string {
  return `tomoclick-${plane}`;
}
