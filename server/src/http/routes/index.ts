import type { Route } from '../route.ts';
import { adaptationRoutes } from './adaptations.ts';
import { adaptationWorkerRoutes } from './adaptationWorker.ts';
import { annotationRankingRoutes } from './annotationRankings.ts';
import { readCapabilities } from './capabilities.ts';
import { exemplarSetRoutes } from './exemplarSets.ts';
import { exportRoutes } from './exports.ts';
import { readHealth, readReadiness } from './health.ts';
import { openStoredSegmentation } from './openSegmentation.ts';
import { onlineAdaptationRoutes } from './onlineAdaptations.ts';
import { readMeasurements } from './measurements.ts';
import { createPrediction } from './predictions.ts';
import { segmentEditRoutes } from './segmentEdits.ts';
import { segmentRoutes } from './segments.ts';
import { segmentationRoutes } from './segmentations.ts';
import { taskRunRoutes } from './taskRuns.ts';
import { taskRoutes } from './tasks.ts';
import { listTerms } from './terms.ts';
import { warmPoint, warmSeries } from './warm.ts';

/** Every route of the API; Express and OpenAPI are both made of this list. */
export const routes: readonly Route[] = [
  ...[readHealth, readReadiness, readCapabilities, listTerms, createPrediction, warmSeries, warmPoint],
  openStoredSegmentation,
  ...[...segmentationRoutes, ...segmentRoutes, ...segmentEditRoutes, readMeasurements, ...exportRoutes],
  ...[...taskRoutes, ...exemplarSetRoutes, ...taskRunRoutes, ...adaptationRoutes, ...adaptationWorkerRoutes],
  ...[...annotationRankingRoutes, ...onlineAdaptationRoutes],
];
