import { describe, expect, jest, test } from '@jest/globals';
import { SingleFlight } from './singleFlight.ts';

const always = new AbortController().signal;

/** Work that ends when told to, or fails when aborted. */
function openWork(): {
  work: jest.Mock<(signal: AbortSignal) => Promise<string>>;
  finish: (result: string) => void;
  wasAborted: () => boolean;
} {
  let finish: (result: string) => void = () => undefined;
  let aborted = false;
  const work = jest.fn(
    (signal: AbortSignal) =>
      new Promise<string>((resolve, reject) => {
        finish = resolve;
        signal.addEventListener('abort', () => {
          aborted = true;
          reject(new Error('aborted'));
        });
      }),
  );
  return { work, finish: result => finish(result), wasAborted: () => aborted };
}

describe('single flight', () => {
  test('does once what several want at once, and anew what is wanted later', async () => {
    const flights = new SingleFlight<string>();
    const { work, finish } = openWork();
    const both = Promise.all([flights.join('a', always, work), flights.join('a', always, work)]);
    finish('done');
    await expect(both).resolves.toEqual(['done', 'done']);
    expect(work).toHaveBeenCalledTimes(1);
    await expect(flights.join('a', always, () => Promise.resolve('again'))).resolves.toBe('again');
  });

  test('goes on while anyone waits', async () => {
    const flights = new SingleFlight<string>();
    const { work, finish, wasAborted } = openWork();
    const controller = new AbortController();
    const leaving = flights.join('a', controller.signal, work);
    const staying = flights.join('a', always, work);
    controller.abort();
    await expect(leaving).rejects.toMatchObject({ code: 'cancelled' });
    expect(wasAborted()).toBe(false);
    finish('done');
    await expect(staying).resolves.toBe('done');
  });

  test('is aborted when the last one leaves; the next one starts anew', async () => {
    const flights = new SingleFlight<string>();
    const { work, wasAborted } = openWork();
    const controllers = [new AbortController(), new AbortController()];
    const waiting = controllers.map(({ signal }) => flights.join('a', signal, work));
    controllers.forEach(controller => controller.abort());
    const settled = await Promise.allSettled(waiting);
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(wasAborted()).toBe(true);
    await expect(flights.join('a', always, () => Promise.resolve('new'))).resolves.toBe('new');
  });

  test('a failure reaches all, and is forgotten', async () => {
    const flights = new SingleFlight<string>();
    const fail = (): Promise<string> => Promise.reject(new Error('broken'));
    const settled = await Promise.allSettled([
      flights.join('a', always, fail),
      flights.join('a', always, fail),
    ]);
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(flights.join('a', always, () => Promise.resolve('fine'))).resolves.toBe('fine');
  });

  test('whoever has left before it began starts nothing', async () => {
    const work = jest.fn(() => Promise.resolve('never'));
    const flights = new SingleFlight<string>();
    await expect(flights.join('a', AbortSignal.abort(), work)).rejects.toMatchObject({ code: 'cancelled' });
    expect(work).not.toHaveBeenCalled();
  });
});
