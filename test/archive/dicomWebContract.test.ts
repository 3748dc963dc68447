import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { archiveContract, STUDY } from '../contract/dicomWebArchive.ts';
import { smallSeries } from '../phantom/smallSeries.ts';
import { DicomWebServer, OPENING_TIMEOUT_MS } from './dicomWebServer.ts';

describe('the embedded archive, as a PACS', () => {
  let web: DicomWebServer;
  beforeAll(async () => {
    web = await DicomWebServer.holding(smallSeries().files);
  }, OPENING_TIMEOUT_MS);
  afterAll(() => web.close());

  archiveContract(
    () => ({
      root: web.root,
      deleteSeries: async uid => {
        const deleted = await fetch(`${web.root}/studies/${STUDY}/series/${uid}`, { method: 'DELETE' });
        expect(deleted.ok).toBe(true);
      },
    }),
    OPENING_TIMEOUT_MS,
  );
});
