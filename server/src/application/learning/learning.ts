import type { PatientStudyAttributes } from '../../domain/volume.ts';
import type { AdaptationStore } from '../../ports/adaptationStore.ts';
import type { FileStore } from '../../ports/fileStore.ts';
import type { TaskPackages } from '../../ports/taskPackages.ts';
import type { TaskRegistry } from '../../ports/taskRegistry.ts';
import type { VolumeEncoder } from '../../ports/volumeEncoder.ts';
import type { SingleFlight } from '../singleFlight.ts';
import type { Workspace } from '../workspace.ts';
import type { WorkerPresence } from './workerPresence.ts';

/** What the use cases on adaptations and tasks work with. */
export interface Learning {
  readonly adaptations: AdaptationStore;
  readonly tasks: TaskRegistry;
  readonly files: FileStore;
  readonly packages: TaskPackages;
  readonly volumeEncoder: VolumeEncoder;
  readonly workers: WorkerPresence;
  /** Packages that are being looked at. */
  readonly completions: SingleFlight<string>;
  /** Equal for objects of one patient, and of no use to anyone who does not have the key of this installation. */
  readonly patientKeyOf: (patient: PatientStudyAttributes) => string;
  readonly nowMs: () => number;
  readonly workspace: Pick<
    Workspace,
    | 'store'
    | 'zoo'
    | 'mutex'
    | 'imageArchive'
    | 'segmentationDecoder'
    | 'labelmapEncoder'
    | 'loadVolume'
    | 'newUid'
  >;
}
