import type { ApiClient, Reply } from './apiClient.ts';
import { WORKER_PROTOCOL, type WorkerVersion } from '../../server/src/application/learning/workerFit.ts';
import { ADAPTATION_METHODS } from '../../server/src/domain/adaptation.ts';
import { capabilitiesSchema } from '../../server/src/contract/capabilities.ts';
import {
  claimedAdaptationSchema,
  type ClaimedAdaptation,
} from '../../server/src/contract/adaptationWorker.ts';

const WORKER = '/api/v1/adaptation-worker';

/** Speaks as a training worker does, and learns nothing. */
export class FakeWorker {
  constructor(
    private readonly client: ApiClient,
    private readonly url: string,
  ) {}

  async claim(): Promise<ClaimedAdaptation | undefined> {
    const { json } = await this.client.send('GET', '/api/v1/capabilities');
    const bases = capabilitiesSchema.parse(json).models.map(({ id, version }) => ({ model: id, version }));
    const reply = await this.claimAs({ protocol: WORKER_PROTOCOL, bases });
    return reply.status === 204 ? undefined : claimedAdaptationSchema.parse(reply.json);
  }

  /** As a worker of some version asks. */
  claimAs(version: WorkerVersion): Promise<Reply> {
    return this.client.send('POST', `${WORKER}/claim`, {
      ...{ worker: 'fake', methods: ADAPTATION_METHODS, ...version },
    });
  }

  post(
    { id, leaseId }: Pick<ClaimedAdaptation, 'id' | 'leaseId'>,
    action: 'progress' | 'complete' | 'fail',
    said: object = {},
  ): Promise<Reply> {
    return this.client.send('POST', `${WORKER}/${id}/${action}`, { leaseId, ...said });
  }

  async put(
    { id, leaseId }: Pick<ClaimedAdaptation, 'id' | 'leaseId'>,
    what: string,
    bytes: Uint8Array,
  ): Promise<number> {
    const response = await fetch(`${this.url}${WORKER}/${id}/${what}?leaseId=${leaseId}`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/octet-stream' },
      body: Buffer.from(bytes),
    });
    return response.status;
  }
}
