import type { Vector3 } from '../../server/src/domain/affine.ts';
import {
  SEGMENT_UPDATE_HEADER,
  segmentUpdateHeaderSchema,
  segmentUpdateSchema,
  segmentationSchema,
  type SegmentUpdate,
  type SegmentUpdateHeader,
  type SegmentationContract,
} from '../../server/src/contract/segmentation.ts';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
  /** Undefined for a body that is no JSON. */
  readonly json: unknown;
}

export interface Click {
  readonly promptId: string;
  readonly prompt: {
    readonly kind: 'point';
    readonly pointLps: Vector3;
    readonly polarity: 'include' | 'exclude';
  };
}

export function click(pointLps: Vector3, polarity: 'include' | 'exclude' = 'include'): Click {
  return { promptId: crypto.randomUUID(), prompt: { kind: 'point', pointLps, polarity } };
}

/** Speaks to a server as any program would; checks that successful replies keep the contract. */
export class ApiClient {
  constructor(private readonly url: string) {}

  async send(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Reply> {
    const response = await fetch(this.url + path, {
      method,
      headers: { ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const bytes = new Uint8Array(await response.arrayBuffer());
    const isJson = /\bjson\b/.test(response.headers.get('Content-Type') ?? '');
    const json: unknown = isJson ? JSON.parse(new TextDecoder().decode(bytes)) : undefined;
    return { status: response.status, headers: response.headers, bytes, json };
  }

  async create(
    series: { readonly studyInstanceUID: string; readonly seriesInstanceUID: string },
    labels: readonly string[] = ['Ball'],
  ): Promise<SegmentationContract> {
    const { studyInstanceUID, seriesInstanceUID } = series;
    const segments = labels.map(label => ({ label }));
    const reply = await this.send('POST', '/api/v1/segmentations', {
      ...{ studyInstanceUID, seriesInstanceUID, segments },
    });
    return segmentationSchema.parse(reply.json);
  }

  async read(id: string): Promise<SegmentationContract> {
    return segmentationSchema.parse((await this.send('GET', `/api/v1/segmentations/${id}`)).json);
  }

  /** An edit of segment 1, or the one named, answered as JSON. @throws Error with the problem */
  async edit(id: string, action: string, body?: unknown, segmentNumber = 1): Promise<SegmentUpdate> {
    const path = `/api/v1/segmentations/${id}/segments/${segmentNumber}/${action}`;
    const reply = await this.send('POST', path, body, { Accept: 'application/json' });
    if (reply.status !== 200) throw new Error(JSON.stringify(reply.json));
    return segmentUpdateSchema.parse(reply.json);
  }

  /** The same as SEG; the update comes from the header. */
  async editAsDicom(
    id: string,
    action: string,
    body?: unknown,
  ): Promise<{ readonly reply: Reply; readonly update: SegmentUpdateHeader }> {
    const reply = await this.send('POST', `/api/v1/segmentations/${id}/segments/1/${action}`, body);
    const header: unknown = JSON.parse(reply.headers.get(SEGMENT_UPDATE_HEADER) ?? 'null');
    return { reply, update: segmentUpdateHeaderSchema.parse(header) };
  }
}
