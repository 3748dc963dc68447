import { agreementOf, type Agreement } from '../../domain/agreement.ts';
import type { Mask } from '../../domain/mask.ts';
import { requirePromoted, taskStateOf, type RegisteredTask } from '../../domain/task.ts';
import { AS_IT_IS, COPIES, type TaskView } from '../../domain/taskView.ts';
import type { Volume } from '../../domain/volume.ts';
import type { TaskModel } from '../../ports/taskEngine.ts';
import { answerOf } from '../learning/answerOf.ts';
import { sameLabel } from '../learning/foundCase.ts';
import { learnedFrom } from '../learning/learnedFrom.ts';
import { requireModality, taskModelOf, type TaskPorts } from '../learning/runTask.ts';
import { shareOf, type Judge } from './judge.ts';

interface RunnableTask {
  readonly task: RegisteredTask;
  readonly model: TaskModel;
}

/** Beside the task itself; each takes as long as one look of it. */
const MOST_OTHER_VERSIONS = 3;

/**
 * Compares a task's answers to copies of a series and, where other promoted tasks have the same classes, with theirs.
 * @throws Problem task-not-found, wrong-state, model-not-found, model-not-adaptable
 */
export async function taskJudge(taskId: string, ports: TaskPorts): Promise<Judge> {
  const { learning } = ports;
  const task = await learning.tasks.load(taskId);
  requirePromoted(task);
  const own = { task, model: taskModelOf(task, learning) };
  const others = await otherVersionsOf(task, learning);
  return {
    known: { as: 'learned-from', series: await learnedFrom(task, learning) },
    agreements: async (series, signal, onProgress) => {
      const { volume } = await learning.workspace.loadVolume(series, signal);
      requireModality(task, volume);
      const versions = others.filter(({ task: other }) =>
        other.description.modalities.includes(volume.modality),
      );
      return agreementsOf(own, versions, volume, ports, signal, onProgress);
    },
  };
}

async function agreementsOf(
  own: RunnableTask,
  versions: readonly RunnableTask[],
  volume: Volume,
  ports: TaskPorts,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<readonly Agreement[]> {
  const labels = own.task.description.classes.map(({ label }) => label);
  const looks: readonly (readonly [RunnableTask, TaskView])[] = [
    ...COPIES.map(view => [own, view] as const),
    ...versions.map(version => [version, AS_IT_IS] as const),
  ];
  const answers: (readonly Mask[])[] = [];
  for (const [{ task, model }, view] of looks) {
    const progress = shareOf(answers.length, looks.length, onProgress);
    const masks = await answerOf(task, model, volume, view, ports, signal, progress);
    answers.push(inOrderOf(labels, task, masks));
  }
  const copies = agreementOf('copies', labels, answers.slice(0, COPIES.length));
  if (versions.length === 0) return [copies];
  const ofVersions = [answers[0]!, ...answers.slice(COPIES.length)];
  return [copies, agreementOf('versions', labels, ofVersions)];
}

/** The newest of the other promoted tasks that find the same classes and can be run. */
async function otherVersionsOf(
  task: RegisteredTask,
  learning: TaskPorts['learning'],
): Promise<readonly RunnableTask[]> {
  const promoted = (await learning.tasks.list()).filter(
    other => other.description.id !== task.description.id && taskStateOf(other) === 'promoted',
  );
  const runnable = promoted
    .filter(other => haveSameClasses(task, other))
    .flatMap(other => {
      try {
        return [{ task: other, model: taskModelOf(other, learning) }];
      } catch {
        // Its base has gone or has changed: it cannot say anything.
        return [];
      }
    });
  return runnable.slice(0, MOST_OTHER_VERSIONS);
}

function haveSameClasses(one: RegisteredTask, other: RegisteredTask): boolean {
  const [classes, others] = [one.description.classes, other.description.classes];
  return (
    classes.length === others.length &&
    classes.every(({ label }) => others.some(each => sameLabel(each.label, label)))
  );
}

function inOrderOf(
  labels: readonly string[],
  { description: { classes } }: RegisteredTask,
  masks: readonly Mask[],
): readonly Mask[] {
  return labels.map(label => masks[classes.findIndex(each => sameLabel(each.label, label))]!);
}
