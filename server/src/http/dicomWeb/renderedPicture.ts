import type { Request, Response } from 'express';
import { z } from 'zod';
import { renderFrame, type RenderPorts } from '../../application/renderFrame.ts';
import { throwIfCancelled } from '../../application/singleFlight.ts';
import type { Slots } from '../../application/slots.ts';
import { Problem } from '../../domain/errors.ts';
import type { Raster } from '../../domain/raster.ts';
import type { ValueWindow } from '../../domain/valueWindow.ts';
import type { ArchiveScope, InstanceReference } from '../../ports/dicomWebArchive.ts';
import type { PictureEncoder, PictureWish } from '../../ports/pictureEncoder.ts';
import { clientSignal } from '../clientSignal.ts';
import { parseParameters } from '../validation.ts';
import { acceptedMediaTypes, takes } from './acceptedMediaTypes.ts';

const THUMBNAIL_PIXELS = 128;
const MAX_VIEWPORT_PIXELS = 4096;
/** Instances of a series that are tried, from its middle on, before it is said to have no picture. */
const MAX_ATTEMPTS = 3;

const optionalNumber = z
  .string()
  .transform(text => (text === '' ? undefined : Number(text)))
  .pipe(z.number().optional());
const size = z.coerce.number<string>().int().min(1).max(MAX_VIEWPORT_PIXELS);
const renderingSchema = z.object({
  quality: z.coerce.number<string>().int().min(1).max(100).default(90),
  /** vw,vh[,sx,sy,sw,sh] (PS3.18 8.3.5.1.3) */
  viewport: z
    .string()
    .transform(text => text.split(','))
    .pipe(
      z.union([
        z.tuple([size, size]),
        z.tuple([size, size, optionalNumber, optionalNumber, optionalNumber, optionalNumber]),
      ]),
    )
    .optional(),
  /** center,width,function (PS3.18 8.3.5.1.4) */
  window: z
    .string()
    .transform(text => text.toLowerCase().split(','))
    .pipe(
      z.tuple([
        z.coerce.number<string>(),
        z.coerce.number<string>().positive(),
        z.enum(['linear', 'linear-exact', 'sigmoid']),
      ]),
    )
    .optional(),
});

export interface PicturePorts extends RenderPorts {
  readonly pictures: PictureEncoder;
  /** In which images are read and drawn. */
  readonly turns: Slots;
}

/**
 * Sends a picture of a frame, an instance, a series or a study as JPEG or PNG (PS3.18 10.4.1.1.3): of more than one
 * image the one in the middle.
 * @param frameNumber 1-based
 * @throws Problem not-found, not-acceptable, invalid-request, unsupported-pixel-data, overloaded, cancelled
 */
export async function sendPicture(
  scope: ArchiveScope,
  frameNumber: number,
  isThumbnail: boolean,
  ports: PicturePorts,
  request: Request,
  response: Response,
): Promise<void> {
  const { searchParams } = new URL(request.originalUrl, 'http://localhost');
  const { quality, viewport, window } = parseParameters(renderingSchema, Object.fromEntries(searchParams));
  const type = (['image/jpeg', 'image/png'] as const).find(candidate =>
    acceptedMediaTypes(request).some(accepted => !accepted.isMultipart && takes(accepted.type, candidate)),
  );
  if (type === undefined) throw new Problem('not-acceptable', 'Accept image/jpeg or image/png.');
  const asked: ValueWindow | undefined = window && { center: window[0], width: window[1], shape: window[2] };
  const signal = clientSignal(response);
  const instances = await ports.archive.instances(scope);
  const whole = await ports.turns.run(() => {
    throwIfCancelled(signal);
    return renderOneOf(instances, frameNumber, asked, ports);
  });
  const wanted = viewportIn(
    whole,
    viewport ?? (isThumbnail ? [THUMBNAIL_PIXELS, THUMBNAIL_PIXELS] : undefined),
  );
  const wish = { type, quality, ...(wanted && { viewport: wanted }) };
  const body = await ports.pictures.encode(whole, wish, signal);
  response.status(200).set('Content-Type', type).end(body);
}

async function renderOneOf(
  instances: readonly InstanceReference[],
  frameNumber: number,
  window: ValueWindow | undefined,
  ports: RenderPorts,
): Promise<Raster> {
  const middle = Math.floor(instances.length / 2);
  const candidates = [...instances.slice(middle), ...instances.slice(0, middle)].slice(0, MAX_ATTEMPTS);
  let refusal: unknown;
  for (const instance of candidates) {
    try {
      return await renderFrame(instance, frameNumber, window, ports);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      refusal ??= error;
    }
  }
  throw refusal;
}

function viewportIn(
  raster: Raster,
  viewport: z.output<typeof renderingSchema>['viewport'],
): PictureWish['viewport'] {
  if (!viewport) return undefined;
  const [columns, rows, left = 0, top = 0, regionColumns, regionRows] = viewport;
  const region = {
    ...{ left, top },
    columns: regionColumns ?? raster.columns - left,
    rows: regionRows ?? raster.rows - top,
  };
  return { columns, rows, region };
}
