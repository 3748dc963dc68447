import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { always, TinyModel } from './fixtures/tinyModel.ts';
import { OnnxEngine, type OnnxEngineOptions } from './onnxEngine.ts';

/** A busy machine takes a second or two to start a process. */
const ANSWER_TIMEOUT_MS = 6000;

/** Answers at once, but for the region `silent`, over which native code would hang as this loop does. */
const HANGS = `
  const answers = {
    encode: { kind: 'encoded', embeddingBytes: 1 },
    decode: { kind: 'decoded', logits: new Float32Array(1), predictedIou: 0.5 },
  };
  process.on('message', command => {
    if (command.kind === 'encode' && command.embeddingKey.endsWith('|silent')) for (;;);
    if (answers[command.kind]) process.send(answers[command.kind]);
  });
  process.on('disconnect', () => process.exit(0));
  process.send({ kind: 'ready' });
`;

let tiny: TinyModel;
let engine: OnnxEngine | undefined;
beforeAll(async () => {
  tiny = await TinyModel.write();
});
afterEach(async () => {
  await engine?.close();
  engine = undefined;
});
afterAll(() => tiny.remove());

async function engineOf(program: string, options: Partial<OnnxEngineOptions> = {}): Promise<OnnxEngine> {
  const path = join(tiny.folder, 'silent.mjs');
  await writeFile(path, program);
  engine = new OnnxEngine({ entry: { path }, answerTimeoutMs: ANSWER_TIMEOUT_MS, ...options });
  return engine;
}

test('a model that does not answer fails what waits for it; the others are served by a new process', async () => {
  const onCrash = jest.fn<(reason: string) => void>();
  const silent = await engineOf(HANGS, { onCrash });
  await silent.warm(tiny.request('first'), always);
  const { pid } = silent;
  const hung = silent.predict(tiny.request('silent'), always);
  const waiting = silent.predict(tiny.request('second'), always);
  await expect(hung).rejects.toMatchObject({ code: 'inference-failed' });
  expect((await waiting).predictedIou).toBe(0.5);
  expect(onCrash).toHaveBeenCalledWith(expect.stringContaining('did not answer'));
  expect(silent.pid).not.toBe(pid);
  expect(() => process.kill(pid ?? 0, 0)).toThrow('ESRCH');
}, 60_000);

test('a process that never gets ready fails what waits for it', async () => {
  const silent = await engineOf('for (;;);');
  await expect(silent.predict(tiny.request('a'), always)).rejects.toMatchObject({ code: 'inference-failed' });
}, 60_000);

test('a process that is idle for long is left alone', async () => {
  const onCrash = jest.fn<(reason: string) => void>();
  const idle = await engineOf(HANGS, { onCrash });
  await idle.warm(tiny.request('first'), always);
  const { pid } = idle;
  await new Promise(resolve => setTimeout(resolve, ANSWER_TIMEOUT_MS + 500));
  expect((await idle.predict(tiny.request('first'), always)).predictedIou).toBe(0.5);
  expect(idle.pid).toBe(pid);
  expect(onCrash).not.toHaveBeenCalled();
}, 60_000);

test('a process that hangs over what nobody waits for keeps no server from stopping', async () => {
  const silent = await engineOf(HANGS, { answerTimeoutMs: 600_000 });
  await silent.warm(tiny.request('first'), always);
  const { pid } = silent;
  const controller = new AbortController();
  const hung = silent.predict(tiny.request('silent'), controller.signal);
  controller.abort();
  await expect(hung).rejects.toMatchObject({ code: 'cancelled' });
  await silent.close();
  expect(() => process.kill(pid ?? 0, 0)).toThrow('ESRCH');
}, 30_000);

test('what a hanging process was asked fails when the server stops', async () => {
  const silent = await engineOf(HANGS, { answerTimeoutMs: 600_000 });
  const asked = [silent.predict(tiny.request('silent'), always), silent.predict(tiny.request('a'), always)];
  const outcomes = Promise.allSettled(asked);
  await silent.close();
  for (const outcome of await outcomes) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'overloaded' } });
  }
}, 30_000);
