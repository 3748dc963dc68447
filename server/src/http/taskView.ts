import type { TaskContract } from '../contract/task.ts';
import { taskStateOf, type RegisteredTask } from '../domain/task.ts';
import type { ModelZoo } from '../ports/modelZoo.ts';
import { classView } from './adaptationView.ts';

/** A task in the words of the contract. A task is a work derived from its base, and has its licence. */
export function taskView(task: RegisteredTask, zoo: ModelZoo, intendedUse: string): TaskContract {
  const { id, title, method, base, modalities, classes, quality } = task.description;
  const model = zoo.list().find(candidate => candidate.id === base.model);
  return {
    ...{ id, title, method, intendedUse },
    state: taskStateOf(task),
    history: task.history.map(change => ({ ...change })),
    base: { model: base.model, version: base.version },
    isRunnable: model?.adaptableEncoder?.data.sha256 === base.encoderSha256,
    modalities: [...modalities],
    classes: classes.map(classView),
    quality: {
      ...quality,
      perClass: quality.perClass.map(each => ({ ...each, ci95: each.ci95 && [...each.ci95] })),
    },
    licence: model
      ? { ...model.licence }
      : { spdx: 'NOASSERTION', name: 'That of its base, which is not here' },
    adaptationId: task.adaptationId ?? null,
  };
}
