import type { RequestHandler } from 'express';
import type { Exemplars } from '../application/exemplars/exemplars.ts';
import type { Learning } from '../application/learning/learning.ts';
import type { TaskPorts } from '../application/learning/runTask.ts';
import type { OnlineLearning } from '../application/online/onlineLearning.ts';
import type { Rankings } from '../application/ranking/createRanking.ts';
import type { SegmentationRuns } from '../application/segmentationRuns.ts';
import type { Workspace } from '../application/workspace.ts';
import type { Capabilities } from '../contract/capabilities.ts';
import type { Vector3 } from '../domain/affine.ts';
import type { SeriesReference } from '../domain/seriesReference.ts';

/** What the API works with once the server has started. */
export interface Services {
  readonly workspace: Workspace;
  readonly learning: Learning;
  readonly taskPorts: TaskPorts;
  readonly exemplars: Exemplars;
  /** Of tasks and of exemplar sets. */
  readonly runs: SegmentationRuns;
  /** Which series to annotate next. */
  readonly rankings: Rankings;
  readonly online: Pick<OnlineLearning, 'store' | 'scope' | 'mutex'> & { readonly isOn: boolean };
  /** The DICOMweb interface, mounted under /dicom-web. */
  readonly dicomWeb: RequestHandler;
  readonly capabilities: Capabilities;
  /** Begins to fetch and encode a series; returns at once. @throws Problem model-not-found */
  readonly warm: (series: SeriesReference, modelId: string) => void;
  /** Begins to encode what a first click at a point would need; returns at once. @throws Problem model-not-found */
  readonly warmPoint: (series: SeriesReference, modelId: string, pointLps: Vector3) => void;
}

/** One part of the server, and why it is not ready. */
export interface PartReadiness {
  readonly part: string;
  readonly ready: boolean;
  readonly detail?: string;
}

/** What a route can ask for. */
export interface RouteContext {
  /** @throws Problem overloaded while the server starts */
  readonly services: () => Services;
  readonly readiness: () => Promise<readonly PartReadiness[]>;
}
