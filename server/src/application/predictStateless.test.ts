import { expect, test } from '@jest/globals';
import { PLAIN_BINARY } from '../domain/segmentationFormat.ts';
import { SMALL_MODEL } from '../domain/fixtures/smallModel.ts';
import { newUid } from '../domain/uid.ts';
import type { Volume } from '../domain/volume.ts';
import { always, include, noiseVolume, predict } from './fixtures/ballPrediction.ts';
import { predictStateless } from './predictStateless.ts';

/** @param volumes that the series is found to be, one prediction after the other */
function predicted(...volumes: readonly Volume[]): ReturnType<typeof predictStateless> {
  const rest = [...volumes];
  const segments = volumes.map((_, n) => ({ label: `Ball ${n}`, prompts: [include([0, 10, 760])] }));
  return predictStateless(
    { series: noiseVolume.series, modelId: 'small', segments },
    {
      zoo: { list: () => [SMALL_MODEL], get: () => SMALL_MODEL },
      predict: ({ prompts }) => predict(rest.shift() ?? noiseVolume, prompts),
      segmentationEncoder: { encode: ({ segments: encoded }) => Uint8Array.of(encoded.length) },
      ...{ segmentationFormat: PLAIN_BINARY, newUid },
    },
    always,
  );
}

test('segments of a series that changes meanwhile are not put into one object: the first would lie elsewhere', async () => {
  const [first, ...others] = noiseVolume.slices;
  const grown = { ...noiseVolume, slices: [first && { ...first, sopInstanceUID: '2.25.77' }, ...others] };
  await expect(predicted(noiseVolume, grown)).rejects.toMatchObject({ code: 'series-changed' });
  // Read anew it is the same.
  const same = { ...noiseVolume, geometry: { ...noiseVolume.geometry } };
  expect((await predicted(noiseVolume, same)).part10).toEqual(Uint8Array.of(2));
});
