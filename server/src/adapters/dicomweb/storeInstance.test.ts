import { describe, expect, test } from '@jest/globals';
import { FakeArchive } from '../../../../test/fixtures/fakeArchive.ts';
import { Problem } from '../../domain/errors.ts';
import { RemoteArchive } from './remoteArchive.ts';

const never = new AbortController().signal;

describe('storing', () => {
  const stored = { '00081199': { vr: 'SQ', Value: [{}] } };
  const failed = { '00081198': { vr: 'SQ', Value: [{ '00081197': { vr: 'US', Value: [0x0122] } }] } };

  async function storingWith(status: number, body: string): Promise<unknown> {
    const held = await FakeArchive.start((request, response) => {
      request.resume().on('end', () => response.writeHead(status).end(body));
    });
    try {
      await new RemoteArchive(held.url).store('1.2', Buffer.from('object'), never);
      return 'stored';
    } catch (error) {
      return error instanceof Problem ? { code: error.code, ...error.facts } : error;
    } finally {
      await held.stop();
    }
  }

  test('sends one part of known length', async () => {
    let body = '';
    const held = await FakeArchive.start((request, response) => {
      request.on('data', chunk => (body += String(chunk)));
      request.on('end', () => response.end(JSON.stringify(stored)));
    });
    await new RemoteArchive(held.url).store('1.2', Buffer.from('object'), never);
    await held.stop();
    const { requests } = held;
    expect(requests[0]).toMatchObject({ method: 'POST', url: '/rs/studies/1.2' });
    expect(requests[0]?.headers['content-length']).toBe(String(body.length));
    expect(requests[0]?.headers['content-type']).toMatch(
      /^multipart\/related; type="application\/dicom"; boundary=/,
    );
    expect(body).toContain('\r\n\r\nobject\r\n--');
  });

  test('is sent again where the archive has moved, not asked for in its place', async () => {
    for (const status of [301, 302, 307, 308]) {
      const bodies: string[] = [];
      const held = await FakeArchive.start((request, response) => {
        let body = '';
        request.on('data', chunk => (body += String(chunk)));
        request.on('end', () => {
          const isMoved = request.url === '/new/studies/1.2';
          if (isMoved && request.method === 'POST') bodies.push(body);
          if (isMoved) response.end('[]');
          else response.writeHead(status, { Location: '/new/studies/1.2' }).end();
        });
      });
      await new RemoteArchive(held.url).store('1.2', Buffer.from('object'), never);
      await held.stop();
      expect({ status, bodies }).toEqual({ status, bodies: [expect.stringContaining('object')] });
    }
  });

  test('is done when the archive says so, in JSON, XML or nothing', async () => {
    expect(await storingWith(200, JSON.stringify(stored))).toBe('stored');
    expect(await storingWith(200, JSON.stringify([stored]))).toBe('stored');
    expect(
      await storingWith(200, '<NativeDicomModel><DicomAttribute tag="00081199"/></NativeDicomModel>'),
    ).toBe('stored');
    expect(await storingWith(200, '')).toBe('stored');
  });

  test('is done when the archive has the instance: its answer to an earlier attempt was lost', async () => {
    const duplicate = { '00081198': { vr: 'SQ', Value: [{ '00081197': { vr: 'US', Value: [0x0111] } }] } };
    expect(await storingWith(409, JSON.stringify(duplicate))).toBe('stored');
    expect(await storingWith(200, JSON.stringify([duplicate]))).toBe('stored');
    const both = {
      '00081198': { vr: 'SQ', Value: [...duplicate['00081198'].Value, ...failed['00081198'].Value] },
    };
    expect(await storingWith(202, JSON.stringify(both))).toMatchObject({ code: 'archive-rejected' });
  });

  test('is rejected with the reason of the archive, whatever the status', async () => {
    const reason = { code: 'archive-rejected', failureReason: 'SOP class not supported (0122H)' };
    expect(await storingWith(200, JSON.stringify(failed))).toMatchObject(reason);
    expect(await storingWith(202, JSON.stringify([failed]))).toMatchObject(reason);
    expect(await storingWith(409, JSON.stringify(failed))).toMatchObject({ ...reason, archiveStatus: 409 });
    const xml =
      '<NativeDicomModel><DicomAttribute tag="00081198" vr="SQ"><Item number="1"/></DicomAttribute></NativeDicomModel>';
    expect(await storingWith(200, xml)).toMatchObject({
      code: 'archive-rejected',
      failureReason: 'not stored',
    });
    expect(await storingWith(400, 'no')).toMatchObject({ code: 'archive-rejected', archiveStatus: 400 });
  });

  test('is rejected where the reply names a failure in any form, or is not an archive’s at all', async () => {
    const rejected = { code: 'archive-rejected', failureReason: 'not stored' };
    const failures: readonly unknown[] = [
      { '00081198': { vr: 'SQ', Value: [{ '00081197': { vr: 'US', Value: ['A700'] } }] } },
      { '00081198': { vr: 'SQ', Value: [{ '00081197': 'A700' }] } },
      { '00081198': { vr: 'SQ', Value: [null] } },
      { '00081198': [{}] },
      { '0008119A': { vr: 'SQ', Value: [{ '00081197': { vr: 'US', Value: [] } }] } },
      [stored, { '00081198': { vr: 'SQ', Value: [{}] } }],
    ];
    for (const reply of failures) {
      expect(await storingWith(200, JSON.stringify(reply))).toMatchObject(rejected);
    }
    const others = { '0008119A': { vr: 'SQ', Value: [{ '00081197': { vr: 'US', Value: [0xa700] } }] } };
    expect(await storingWith(202, JSON.stringify(others))).toMatchObject({
      failureReason: 'out of resources (A700H)',
    });
    const page = '\n<!DOCTYPE html>\n<html><body>Sign in</body></html>';
    expect(await storingWith(200, page)).toMatchObject({ code: 'archive-rejected', archiveStatus: 200 });
    for (const none of [{ '00081198': { vr: 'SQ' } }, { '00081198': { vr: 'SQ', Value: [] } }, {}, []]) {
      expect(await storingWith(200, JSON.stringify(none))).toBe('stored');
    }
  });

  test('is not tried again, and may be by the caller, when the archive is busy', async () => {
    expect(await storingWith(503, '')).toMatchObject({ code: 'archive-unreachable' });
  });
});
