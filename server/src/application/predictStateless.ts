import { Problem } from '../domain/errors.ts';
import type { Prompt } from '../domain/prompt.ts';
import { paletteColour } from '../domain/segmentColour.ts';
import type { SegmentationWish } from '../domain/segmentationFormat.ts';
import type { SeriesReference } from '../domain/seriesReference.ts';
import type { ValueWarning } from '../domain/valueMeaning.ts';
import type { Volume } from '../domain/volume.ts';
import { requireSameVolume } from '../domain/volumeFingerprint.ts';
import type { SegmentToEncode } from '../ports/segmentationEncoder.ts';
import { encodePrediction } from './encodeSegmentationObject.ts';
import { addTimings, timed, type Timings } from './timings.ts';
import type { Workspace } from './workspace.ts';

export interface StatelessRequest {
  readonly series: SeriesReference;
  readonly modelId: string;
  readonly segments: readonly { readonly label: string; readonly prompts: readonly Prompt[] }[];
  readonly wish?: SegmentationWish;
}

export interface StatelessPrediction {
  readonly part10: Uint8Array;
  readonly warnings: readonly ValueWarning[];
  readonly timings: Timings;
}

/**
 * Prompts in, SEG out, nothing kept. Each segment is what clicking its prompts one by one gives.
 * @throws Problem model-not-found, empty-segmentation, segments-overlap, invalid-request, series-changed, and those of
 *   the prediction
 */
export async function predictStateless(
  request: StatelessRequest,
  workspace: Pick<Workspace, 'zoo' | 'predict' | 'segmentationEncoder' | 'segmentationFormat' | 'newUid'>,
  signal: AbortSignal,
): Promise<StatelessPrediction> {
  const model = workspace.zoo.get(request.modelId);
  const segments: SegmentToEncode[] = [];
  let volume: Volume | undefined;
  let timings: Timings = {};
  for (const [index, { label, prompts }] of request.segments.entries()) {
    const { series } = request;
    const prediction = await workspace.predict({ series, modelId: model.id, prompts }, signal);
    requireSameVolume(volume, prediction.volume);
    ({ volume } = prediction);
    timings = addTimings(timings, prediction.timings);
    segments.push({
      label,
      colour: paletteColour(index),
      trackingUID: workspace.newUid(),
      mask: prediction.mask,
    });
  }
  if (!volume) throw new Problem('empty-segmentation', 'Name at least one segment.');
  const source = volume;
  const encoded = await timed('seg', () =>
    encodePrediction(segments, source, model, { ...workspace, wish: request.wish }),
  );
  const { warnings } = source.valueMeaning;
  return { part10: encoded.result, warnings, timings: addTimings(timings, encoded.timings) };
}
