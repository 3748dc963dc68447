import type {
  Capabilities,
  ProblemContract,
  SavedSegmentationContract,
  SegmentationContract,
  SegmentUpdateHeader,
  TermList,
} from '@tomoclick/server/contract';
import { NoAnswer, RefusedByServer } from '../../domain/failure.ts';
import type { SegmentationApi, SegmentChange, SeriesReference } from '../../ports/segmentationApi.ts';
import { PATIENCE, patientFetch, waitOf, type Patience, type Wait } from './patientFetch.ts';
import { readSegmentation } from '../dicomSeg/readSegmentation.ts';

const SEGMENT_UPDATE_HEADER = 'Tomoclick-Segment-Update';
const JSON_TYPE = 'application/json';
const DICOM_TYPE = 'application/dicom';
/** What is read here, however the archive likes its segmentations. */
const READABLE = new URLSearchParams({ segmentationType: 'BINARY', compression: 'none' });

/** As many as a reader looks through. */
const MOST_TERMS = '12';

interface Sent {
  readonly accept?: string;
  readonly body?: unknown;
  /** Of the segmentation; the request is refused when it has another by now. */
  readonly version?: number;
  /** Absent: as the method says. */
  readonly wait?: Wait;
}

/** @param root where the API is, without a trailing slash, for example `/api/v1` */
export function httpSegmentationApi(
  root: string,
  fetchFunction: typeof fetch = fetch,
  patience: Patience = PATIENCE,
): SegmentationApi {
  async function request(method: string, path: string, sent: Sent = {}): Promise<Response> {
    const { accept = JSON_TYPE, body, version, wait = waitOf(method) } = sent;
    const asked = {
      method,
      headers: {
        Accept: accept,
        ...(body !== undefined && { 'Content-Type': JSON_TYPE }),
        ...(version !== undefined && { 'If-Match': `"${version}"` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    };
    const response = await patientFetch(fetchFunction, `${root}${path}`, asked, wait, patience);
    if (!response.ok) throw await refusal(response);
    return response;
  }

  async function json<Reply>(method: string, path: string, sent: Sent = {}): Promise<Reply> {
    return jsonOf<Reply>(await request(method, path, sent));
  }

  async function change(path: string, sent: Sent): Promise<SegmentChange> {
    return segmentChange(await request('POST', path, { ...sent, accept: DICOM_TYPE }));
  }

  const segmentPath = (id: string, segmentNumber: number): string =>
    `/segmentations/${id}/segments/${segmentNumber}`;

  return {
    findTerms: query => json<TermList>('GET', `/terms?${new URLSearchParams({ query, limit: MOST_TERMS })}`),
    capabilities: () => json<Capabilities>('GET', '/capabilities'),
    async warm(series) {
      await request('POST', seriesPath(series, 'warm'), { wait: 'look-up' });
    },
    async warmPoint(series, pointLps) {
      await request('POST', seriesPath(series, 'warm-point'), { body: { pointLps }, wait: 'look-up' });
    },
    async find({ studyInstanceUID, seriesInstanceUID, image }) {
      const query = new URLSearchParams({
        studyInstanceUID,
        seriesInstanceUID,
        ...imageQuery(image),
        limit: '1',
      });
      const list = await json<{ segmentations: SegmentationContract[] }>('GET', `/segmentations?${query}`);
      return list.segmentations[0] ?? null;
    },
    read: id => json<SegmentationContract>('GET', `/segmentations/${id}`),
    async readMasks(id) {
      const sent = { accept: DICOM_TYPE, wait: 'work' } as const;
      const response = await request('GET', `/segmentations/${id}/dicom?${READABLE}`, sent);
      return readSegmentation(new Uint8Array(await bodyOf(response))).segments;
    },
    create: series => json<SegmentationContract>('POST', '/segmentations', { body: series }),
    openStored: (series, { seriesInstanceUID, sopInstanceUID }) =>
      json<SegmentationContract>('POST', '/segmentations/open', {
        body: { ...series, object: { seriesInstanceUID, sopInstanceUID } },
      }),
    addSegment: (id, segment) =>
      json<SegmentationContract>('POST', `/segmentations/${id}/segments`, { body: segment }),
    changeSegment: (id, segmentNumber, segment) =>
      json<SegmentationContract>('PATCH', segmentPath(id, segmentNumber), { body: segment }),
    removeSegment: (id, segmentNumber) =>
      json<SegmentationContract>('DELETE', segmentPath(id, segmentNumber)),
    addPrompt: (id, segmentNumber, prompt, isAdaptive) =>
      change(`${segmentPath(id, segmentNumber)}/prompts`, {
        body: { prompts: [prompt], ...(!isAdaptive && { onlineAdaptation: 'off' }) },
      }),
    async forgetAdaptation(adaptationId) {
      await request('DELETE', `/online-adaptations/${adaptationId}`);
    },
    takeStep: (id, segmentNumber, step, version) =>
      change(`${segmentPath(id, segmentNumber)}/${step}`, { version }),
    store: (id, version) =>
      json<SavedSegmentationContract>(
        'POST',
        `/segmentations/${id}/store`,
        version === null ? {} : { version },
      ),
    exportAddress: (id, format) => `${root}/segmentations/${id}/exports/${format}`,
  };
}

function seriesPath({ studyInstanceUID, seriesInstanceUID, image }: SeriesReference, what: string): string {
  const query = image ? `?${new URLSearchParams(imageQuery(image))}` : '';
  return `/series/${studyInstanceUID}/${seriesInstanceUID}/${what}${query}`;
}

function imageQuery(image: SeriesReference['image']): Record<string, string> {
  if (!image) return {};
  const { sopInstanceUID, frameNumber } = image;
  return { sopInstanceUID, ...(frameNumber !== undefined && { frameNumber: `${frameNumber}` }) };
}

/** 204, without a body, says that no slice changed. */
async function segmentChange(response: Response): Promise<SegmentChange> {
  const header = response.headers.get(SEGMENT_UPDATE_HEADER);
  if (header === null) throw await refusal(response);
  const update = JSON.parse(header) as SegmentUpdateHeader;
  if (response.status === 204) return { update, slices: new Map() };
  const [segment] = readSegmentation(new Uint8Array(await bodyOf(response))).segments;
  return { update, slices: segment?.slices ?? new Map() };
}

/** A connection that breaks in the middle of a reply is no answer either. */
async function bodyOf(response: Response): Promise<ArrayBuffer> {
  return response.arrayBuffer().catch((cause: unknown) => {
    throw cause instanceof NoAnswer ? cause : new NoAnswer('the reply broke off', { cause });
  });
}

/** @throws RefusedByServer where a page came instead, as from what wants somebody to sign in */
export async function jsonOf<Reply>(response: Response): Promise<Reply> {
  if (!isOfType(response, JSON_TYPE)) throw await refusal(response);
  return JSON.parse(new TextDecoder().decode(await bodyOf(response))) as Reply;
}

function isOfType(response: Response, mediaType: string): boolean {
  return response.headers.get('Content-Type')?.startsWith(mediaType) ?? false;
}

/** What a server that refuses says, or what lies before it. */
export async function refusal(response: Response): Promise<RefusedByServer> {
  if (!isOfType(response, 'application/problem+json')) {
    const status = `${response.status} ${response.statusText}`.trim();
    const detail = response.ok
      ? 'A page came instead of an answer. Sign in if it asks for that, then retry.'
      : `${status}: it came from what lies before the Tomoclick server. Sign in if that is asked for, then retry; if it ` +
        'stays so, tell your administrator.';
    return new RefusedByServer(response.status, 'unknown', 'The server answered with an error', detail);
  }
  const problem = (await response.json()) as ProblemContract;
  return new RefusedByServer(problem.status, problem.code, problem.title, problem.detail, problem.requestId);
}
