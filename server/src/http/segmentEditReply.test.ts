import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import express from 'express';
import type { SegmentEdit } from '../application/editSegment.ts';
import { SEGMENT_UPDATE_HEADER, segmentUpdateHeaderSchema } from '../contract/segmentation.ts';
import { foldOperations } from '../domain/applyOperation.ts';
import { SMALL_MODEL } from '../domain/fixtures/smallModel.ts';
import { syntheticVolume } from '../domain/fixtures/syntheticVolume.ts';
import { segmentOf } from '../domain/segmentState.ts';
import { newUid } from '../domain/uid.ts';
import { replySegmentEdit, type UpdateMediaType } from './segmentEditReply.ts';

/** nginx takes that much of all headers, unless told otherwise; ours beside this one are about 1.2 KB. */
const MOST_BYTES = 2048;
const SLICES = 5000;

const volume = syntheticVolume([1, 1, 1], [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1], () => 0);

/** A segment of the longest name is emptied in a series of thousands of slices. */
function longEdit(): SegmentEdit {
  const segmentation = foldOperations(
    {
      id: crypto.randomUUID(),
      series: volume.series,
      modelId: 'small',
      createdAt: '2026-01-01T00:00:00.000Z',
    },
    [
      {
        ...{ kind: 'segment-added', segmentNumber: 65535, label: '肝'.repeat(64), colour: [255, 255, 255] },
        trackingUID: newUid(),
      },
    ],
  );
  return {
    ...{ segmentation, segment: segmentOf(segmentation, 65535), mask: undefined, timings: {} },
    changedSlices: Array.from({ length: SLICES }, (_, k) => k),
    warnings: [
      {
        code: 'suv-unknown',
        detail: 'SUV cannot be calculated; the values stay in the units of the images.',
        keywords: ['PatientWeight', 'RadionuclideTotalDose', 'RadionuclideHalfLife', 'DecayCorrection'],
      },
    ],
  };
}

async function reply(mediaType: UpdateMediaType): Promise<Response> {
  const app = express();
  const workspace = {
    zoo: { list: () => [SMALL_MODEL], get: () => SMALL_MODEL },
    loadVolume: () => Promise.resolve({ volume, timings: {} }),
    segmentationEncoder: {
      encode: ({ slices }: { slices?: readonly number[] }) => Buffer.alloc(slices?.length ?? 0),
    },
    newUid,
  };
  const { signal } = new AbortController();
  app.get('/', (_request, response) => replySegmentEdit(longEdit(), mediaType, response, workspace, signal));
  const server = createServer(app).listen(0, '127.0.0.1');
  await new Promise(resolve => server.once('listening', resolve));
  try {
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    return new Response(await answer.arrayBuffer(), { headers: answer.headers });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('the header beside a SEG stays small, however many slices changed', async () => {
  const answer = await reply('application/dicom');
  const header = answer.headers.get(SEGMENT_UPDATE_HEADER) ?? '';
  expect(header.length).toBeLessThan(MOST_BYTES);
  expect(segmentUpdateHeaderSchema.parse(JSON.parse(header)).segment.segmentNumber).toBe(65535);
  expect((await answer.arrayBuffer()).byteLength).toBe(SLICES);
});

test('in JSON the slices are named', async () => {
  expect(await (await reply('application/json')).json()).toMatchObject({
    changedSlices: longEdit().changedSlices,
  });
});
