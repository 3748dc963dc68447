import { describe, expect, test } from '@jest/globals';
import { adaptationRequestSchema } from '@tomoclick/server/contract';
import {
  DEFAULT_JOB_SETTINGS,
  requestedSettings,
  SETTING_LIMITS,
  settingOf,
  type NumberSetting,
} from './jobSettings.ts';
import type { LabelledCase } from './labelledCase.ts';

const cases = [{ kind: 'workspace', segmentationId: '7d444840-9dc0-11d1-b245-5ffdce74fad2' }] as const;
const request = (settings: object): object => ({ title: 'Liver', cases, settings });
const of = (patientID: string, n: number): LabelledCase =>
  ({ key: `${patientID}${n}`, studyInstanceUID: `1.${n}`, facts: { patientID } }) as unknown as LabelledCase;

describe('the settings of a job', () => {
  test('have the limits and the defaults of the contract', () => {
    for (const [name, { min, max }] of Object.entries(SETTING_LIMITS)) {
      const takes = (value: number): boolean =>
        adaptationRequestSchema.safeParse(request({ [name]: value })).success;
      expect({ name, taken: [min - 1, min, max, max + 1].map(takes) }).toEqual({
        ...{ name, taken: [false, true, true, false] },
      });
    }
    const { method, settings } = adaptationRequestSchema.parse(request({}));
    expect({ ...DEFAULT_JOB_SETTINGS, ...{ folds: 3, seed: 0 } }).toEqual({ method, ...settings });
  });

  test('are whole numbers within the limits, whatever is typed', () => {
    const typed = (name: NumberSetting, text: string): number | undefined => settingOf(name, text);
    expect([typed('rank', '8'), typed('rank', '8.4'), typed('rank', '900'), typed('steps', '-3')]).toEqual([
      ...[8, 8, 64, 1],
    ]);
    expect([typed('folds', ''), typed('folds', 'many')]).toEqual([undefined, undefined]);
  });

  test('hold every patient back once where nothing else was chosen: two studies of one patient are one', () => {
    const folds = (...chosen: LabelledCase[]): number | undefined =>
      requestedSettings(DEFAULT_JOB_SETTINGS, chosen).settings?.folds;
    expect(folds(of('a', 1), of('a', 2), of('b', 3))).toBe(2);
    expect(folds(of('a', 1), of('b', 2), of('c', 3), of('d', 4))).toBe(3);
    expect(requestedSettings({ ...DEFAULT_JOB_SETTINGS, folds: 5 }, []).settings?.folds).toBe(5);
  });
});
