import type { Code } from './code.ts';
import { Problem } from './errors.ts';
import type { SegmentCodes } from './segmentDescription.ts';
import { codesOfLabel } from './segmentDescription.ts';
import type { TaskPackage } from './taskPackage.ts';

/** What a task can find. Its channel of the decoder is its place in the list, from 1; channel 0 is the background. */
export interface TaskClass {
  readonly label: string;
  readonly category: Code;
  readonly type: Code;
}

/** How well a task did on patients that it had not learned from. */
export interface TaskQuality {
  readonly kind: 'cross-validation';
  readonly folds: number;
  readonly cases: number;
  readonly patients: number;
  readonly perClass: readonly {
    readonly label: string;
    /** Null where no held-back case shows the class. */
    readonly dice: number | null;
    readonly ci95: readonly [number, number] | null;
  }[];
  readonly meanDice: number;
}

/** Everything that `task.json` says and serving needs. */
export interface TaskDescription {
  readonly id: string;
  readonly title: string;
  readonly method: string;
  readonly base: { readonly model: string; readonly version: string; readonly encoderSha256: string };
  readonly modalities: readonly string[];
  readonly classes: readonly TaskClass[];
  /** Cubes of `cubeVoxels`³ at `spacingMm`, neighbours sharing `overlap` of their side. */
  readonly plan: { readonly spacingMm: number; readonly cubeVoxels: number; readonly overlap: number };
  readonly quality: TaskQuality;
  /** Data hashes, configuration, seed, code version: as the trainer wrote them. */
  readonly provenance: Readonly<Record<string, unknown>>;
}

/** candidate → promoted ⇄ retired; a candidate may be retired without ever having been used. */
export type TaskState = 'candidate' | 'promoted' | 'retired';

export interface TaskChange {
  readonly state: TaskState;
  readonly at: string;
}

export interface RegisteredTask {
  readonly description: TaskDescription;
  /** SHA-256 of each file; the content lies in the file store. */
  readonly files: TaskPackage<string>;
  /** The adaptation that made it; absent: it came with the zoo. */
  readonly adaptationId?: string;
  /** Oldest first, never empty: it begins as a candidate. */
  readonly history: readonly [TaskChange, ...TaskChange[]];
}

export function taskStateOf({ history }: Pick<RegisteredTask, 'history'>): TaskState {
  return (history.at(-1) ?? history[0]).state;
}

/** From now on, or again, it may be used. @throws Problem wrong-state */
export function promoted(task: RegisteredTask, at: string): RegisteredTask {
  return changed(task, 'promoted', at, ['candidate', 'retired']);
}

/** It may be used no more; it stays in the registry. @throws Problem wrong-state */
export function retired(task: RegisteredTask, at: string): RegisteredTask {
  return changed(task, 'retired', at, ['candidate', 'promoted']);
}

/** @throws Problem wrong-state */
export function requirePromoted(task: RegisteredTask): void {
  const state = taskStateOf(task);
  if (state !== 'promoted') throw wrongState('Promote the task first: only then may it be used.', state);
}

function changed(
  task: RegisteredTask,
  state: TaskState,
  at: string,
  from: readonly TaskState[],
): RegisteredTask {
  const before = taskStateOf(task);
  if (!from.includes(before)) throw wrongState(`The task is ${before} already.`, before);
  return { ...task, history: [...task.history, { state, at }] };
}

function wrongState(detail: string, state: TaskState): Problem {
  return new Problem('wrong-state', detail, { state });
}

/** A class has no place for a side; where its label says one, and the codes are those of the label, it is added. */
export function codesOfClass({ label, category, type }: TaskClass): SegmentCodes {
  const named = codesOfLabel(label);
  if (named.type.value === type.value && named.type.scheme === type.scheme) return named;
  return { category, type, typeModifiers: [] };
}
