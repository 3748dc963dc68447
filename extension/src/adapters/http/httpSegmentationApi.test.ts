import { describe, expect, test } from '@jest/globals';
import { SEGMENT_UPDATE_HEADER } from '@tomoclick/server/contract';
import { failureOf, NoAnswer, RefusedByServer } from '../../domain/failure.ts';
import { httpSegmentationApi } from './httpSegmentationApi.ts';

interface Asked {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: unknown;
}

/** An API whose server always gives this answer, and what it was asked. */
function apiAnswering(answer: () => Response | Promise<Response>) {
  const asked: Asked[] = [];
  const fetchFunction = async (url: unknown, init: RequestInit = {}): Promise<Response> => {
    asked.push({
      url: String(url),
      method: init.method ?? 'GET',
      headers: init.headers as Record<string, string>,
      body: typeof init.body === 'string' ? JSON.parse(init.body) : undefined,
    });
    return answer();
  };
  return { api: httpSegmentationApi('/api/v1', fetchFunction), asked };
}

const UPDATE = { segmentationId: 'id', version: 3, segment: { label: 'Nävus' } };
const PROMPT = {
  promptId: 'p',
  prompt: { kind: 'point', pointLps: [1, 2, 3], polarity: 'include' },
} as const;

describe('httpSegmentationApi', () => {
  test('sends a prompt for a DICOM answer, and reads what did not change from the header alone', async () => {
    const header = JSON.stringify(UPDATE).replace('ä', '\\u00e4');
    const { api, asked } = apiAnswering(
      () => new Response(null, { status: 204, headers: { [SEGMENT_UPDATE_HEADER]: header } }),
    );
    const change = await api.addPrompt(
      'id',
      2,
      { ...PROMPT, prompt: { ...PROMPT.prompt, pointLps: [1, 2, 3] } },
      true,
    );
    expect(change).toEqual({ update: UPDATE, slices: new Map() });
    expect(asked).toEqual([
      {
        url: '/api/v1/segmentations/id/segments/2/prompts',
        method: 'POST',
        headers: { Accept: 'application/dicom', 'Content-Type': 'application/json' },
        body: { prompts: [PROMPT] },
      },
    ]);
  });

  test('names the version that a step is meant for', async () => {
    const { api, asked } = apiAnswering(
      () => new Response(null, { status: 204, headers: { [SEGMENT_UPDATE_HEADER]: JSON.stringify(UPDATE) } }),
    );
    await api.takeStep('id', 1, 'undo', 7);
    expect(asked[0]?.headers['If-Match']).toBe('"7"');
  });

  test('names the version that is to be saved, where it is known', async () => {
    const { api, asked } = apiAnswering(() => Response.json({ stored: [] }));
    await api.store('id', 7);
    await api.store('id', null);
    expect(asked.map(({ headers }) => headers['If-Match'])).toEqual(['"7"', undefined]);
  });

  test('names the image of the volume that is meant in every request about a series', async () => {
    const { api, asked } = apiAnswering(() => Response.json({ segmentations: [] }));
    const series = { studyInstanceUID: '1.2', seriesInstanceUID: '1.3' };
    const image = { sopInstanceUID: '1.4', frameNumber: 5 };
    for (const named of [series, { ...series, image }]) {
      await api.find(named);
      await api.warm(named);
      await api.warmPoint(named, [1, 2, 3]);
      await api.create(named);
    }
    const facts = asked.map(({ url, body }) => [url.replace('/api/v1', ''), body]);
    expect(facts).toEqual([
      ['/segmentations?studyInstanceUID=1.2&seriesInstanceUID=1.3&limit=1', undefined],
      ['/series/1.2/1.3/warm', undefined],
      ['/series/1.2/1.3/warm-point', { pointLps: [1, 2, 3] }],
      ['/segmentations', series],
      [
        '/segmentations?studyInstanceUID=1.2&seriesInstanceUID=1.3&sopInstanceUID=1.4&frameNumber=5&limit=1',
        undefined,
      ],
      ['/series/1.2/1.3/warm?sopInstanceUID=1.4&frameNumber=5', undefined],
      ['/series/1.2/1.3/warm-point?sopInstanceUID=1.4&frameNumber=5', { pointLps: [1, 2, 3] }],
      ['/segmentations', { ...series, image }],
    ]);
  });

  test('finds the newest segmentation of a series, or none', async () => {
    const list = { segmentations: [{ id: 'new' }, { id: 'old' }] };
    const { api, asked } = apiAnswering(() => Response.json(list));
    const series = { studyInstanceUID: '1.2', seriesInstanceUID: '1.3' };
    expect(await api.find(series)).toEqual({ id: 'new' });
    expect(asked[0]?.url).toBe('/api/v1/segmentations?studyInstanceUID=1.2&seriesInstanceUID=1.3&limit=1');
    list.segmentations = [];
    expect(await api.find(series)).toBeNull();
  });

  test('asks for masks in the format that it reads, whatever the archive prefers', async () => {
    const { api, asked } = apiAnswering(() => Response.json({}, { status: 404 }));
    await api.readMasks('id').catch(() => undefined);
    expect(asked[0]?.url).toBe('/api/v1/segmentations/id/dicom?segmentationType=BINARY&compression=none');
  });

  test('passes on what a problem says', async () => {
    const problem = {
      status: 422,
      code: 'prompt-outside-volume',
      title: 'Outside',
      detail: 'In.',
      requestId: 'r',
    };
    const { api } = apiAnswering(() =>
      Response.json(problem, { status: 422, headers: { 'Content-Type': 'application/problem+json' } }),
    );
    const error = await api.read('id').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RefusedByServer);
    expect(error).toMatchObject(problem);
  });

  test('makes a refusal of an error that is no problem document, as proxies send', async () => {
    const { api } = apiAnswering(() => new Response('<html>', { status: 502, statusText: 'Bad Gateway' }));
    await expect(api.read('id')).rejects.toMatchObject({
      status: 502,
      detail: expect.stringMatching(/^502 Bad Gateway: .* retry/),
    });
  });

  test('lets the reader retry after signing in again, where what lies before the server asks for it', async () => {
    for (const page of [new Response('<html>', { status: 401 }), new Response('<html>')]) {
      const { api } = apiAnswering(() => page);
      const error = await api.read('id').catch((reason: unknown) => reason);
      expect(failureOf(error)).toMatchObject({ title: 'The server answered with an error', retriable: true });
    }
  });

  test('calls a reply that breaks off no answer', async () => {
    const broken = new ReadableStream({ start: controller => controller.error(new TypeError('reset')) });
    const { api } = apiAnswering(
      () => new Response(broken, { headers: { 'Content-Type': 'application/json' } }),
    );
    await expect(api.store('id', 1)).rejects.toBeInstanceOf(NoAnswer);
  });

  test('calls a connection that fails no answer', async () => {
    const { api } = apiAnswering(() => Promise.reject(new TypeError('Failed to fetch')));
    await expect(api.read('id')).rejects.toBeInstanceOf(NoAnswer);
  });
});
