import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Express } from 'express';
import type { Logger } from 'pino';
import { DicomSegmentationDecoder } from './adapters/dicom/dicomSegmentationDecoder.ts';
import { DicomMeasurementReportEncoder } from './adapters/dicom/dicomMeasurementReportEncoder.ts';
import { DicomSegmentationEncoder } from './adapters/dicom/dicomSegmentationEncoder.ts';
import { DicomStructureSetEncoder } from './adapters/dicom/dicomStructureSetEncoder.ts';
import { ThreadedDecoder } from './adapters/dicom/threadedDecoder.ts';
import { patientKeys } from './adapters/installationKey/patientKeys.ts';
import { NiftiLabelmapEncoder } from './adapters/nifti/niftiLabelmapEncoder.ts';
import { readModelZoo } from './adapters/onnx/folderModelZoo.ts';
import { enginesFor, OnnxEnginePool } from './adapters/onnx/onnxEnginePool.ts';
import { ThreadedPictures } from './adapters/picture/threadedPictures.ts';
import { openPgliteDatabase } from './adapters/postgres/pgliteDatabase.ts';
import { PostgresOnlineAdaptationStore } from './adapters/postgres/postgresOnlineAdaptationStore.ts';
import { PostgresWorkspaceStore } from './adapters/postgres/postgresWorkspaceStore.ts';
import { BackgroundWork } from './application/backgroundWork.ts';
import { CoarseLevels } from './application/coarseLevels.ts';
import { KeyedMutex } from './application/keyedMutex.ts';
import { type OnlineLearning } from './application/online/onlineLearning.ts';
import { predictSegment, type PredictionPorts } from './application/predictSegment.ts';
import { PredictionMemo } from './application/predictionMemo.ts';
import { SegmentationRuns } from './application/segmentationRuns.ts';
import { VolumeCache } from './application/volumeCache.ts';
import { warmPoint } from './application/warmPoint.ts';
import { warmSeries } from './application/warmSeries.ts';
import type { Workspace } from './application/workspace.ts';
import type { Config } from './config/environment.ts';
import type { ModelManifest } from './domain/modelManifest.ts';
import type { AdaptationScope } from './domain/online/onlineAdaptation.ts';
import { formatFor, PLAIN_BINARY } from './domain/segmentationFormat.ts';
import { namedUidsUnder, uidsUnder } from './domain/uid.ts';
import { DEFAULT_SERIES_LIMITS } from './domain/seriesLimits.ts';
import { seriesKey } from './domain/seriesReference.ts';
import type { Volume } from './domain/volume.ts';
import { volumeFingerprintOf } from './domain/volumeFingerprint.ts';
import { createApp } from './http/app.ts';
import { capabilitiesView } from './http/capabilitiesView.ts';
import { checkPart } from './http/readiness.ts';
import type { PartReadiness, Services } from './http/services.ts';
import { viewerRouter } from './http/viewer.ts';
import { addFirstObjects, type Start } from './compose/firstObjects.ts';
import { composeExemplars, composeLearning, composeRankings } from './compose/composeLearning.ts';
import { missedLearning, onlineWorkspace } from './compose/onlineWorkspace.ts';
import { openArchive } from './compose/openArchive.ts';
import { makePrivateFolders } from './compose/privateFolders.ts';

/** Memory for volumes: four CT series of 512×512×250. Their coarse levels take up to half as much again. */
const VOLUME_CACHE_BYTES = 512 * 1024 ** 2;
/** The click that loaded a volume is to be answered before its levels are made. */
const LEVELS_DELAY_MS = 500;
/** Memory for the states of prompt sequences; one takes a few megabytes. */
const PREDICTION_MEMO_BYTES = 128 * 1024 ** 2;

/** The folder of the project: this file lies two folders below it, as source and as the bundle. */
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const VIEWER_FOLDER = join(ROOT, 'node_modules/.cache/tomoclick/ohif');
const PLUGIN_FOLDER = join(ROOT, 'server/dist/plugins');
const ENGINE_ENTRY = import.meta.url.endsWith('.ts')
  ? { path: join(ROOT, 'server/src/adapters/onnx/engineProcess.ts'), execArgv: ['--import', 'tsx'] }
  : { path: join(ROOT, 'server/dist/engineProcess.js') };

/** Nobody signs in: all readers are one. */
const SINGLE_USER: AdaptationScope = { tenant: 'local', userGroup: 'local' };

/** Tells the person at the terminal what is going on. */
export type Tell = (line: string) => void;

export interface House {
  /** Answers at once; the API says 503 until `prepare` has come far enough. */
  readonly app: Express;
  /** Resolves when everything is there. @throws what keeps the server from starting */
  readonly prepare: (imports: readonly string[]) => Promise<void>;
  /** Frees the data folder, after the work in the engine has ended. `prepare`, if it still runs, rejects. */
  readonly close: () => Promise<void>;
}

/** Puts the parts together; the only place that knows which ones there are. */
export function compose(config: Config, log: Logger, tell: Tell): House {
  const stopping = new AbortController();
  const closers: (() => Promise<void>)[] = [];
  const version = readVersion();
  let services: Services | undefined;
  let checks: readonly (() => Promise<PartReadiness>)[] = [];
  let pending: string | undefined = 'Starting';

  function begin(what: string): void {
    stopping.signal.throwIfAborted();
    pending = what;
    tell(`${what} …`);
  }

  const start: Start = {
    ...{ signal: stopping.signal, log, tell, begin },
    goOn: (what, isTold) => {
      pending = what;
      if (isTold) tell(`${what} …`);
    },
  };

  async function prepare(imports: readonly string[]): Promise<void> {
    begin('Opening the database');
    makePrivateFolders(config.home, folder =>
      tell(`Others on this machine may see what is in ${folder}: its permissions cannot be changed.`),
    );
    const database = await openPgliteDatabase(join(config.home, 'database'));
    closers.unshift(() => database.close());
    const store = await PostgresWorkspaceStore.open(database);
    begin('Opening the archive');
    const limits = { ...DEFAULT_SERIES_LIMITS, ...config.limits };
    const decoder = new ThreadedDecoder({ maxHeaderBytes: limits.maxHeaderBytes });
    closers.unshift(() => decoder.close());
    const pictures = new ThreadedPictures();
    closers.unshift(() => pictures.close());
    const { archive, dicomWeb, embedded } = await openArchive(config, database, decoder, pictures, scope =>
      volumes.forget(scope),
    );
    begin('Checking the models');
    const zoo = await readModelZoo(config.models);
    begin('Starting the inference engine');
    const engine = new OnnxEnginePool(
      {
        entry: ENGINE_ENTRY,
        preload: zoo.list(),
        onCrash: reason => log.error({ reason }, 'an engine process ended'),
      },
      enginesFor(availableParallelism()),
    );
    closers.unshift(() => engine.close());
    const source = { imageArchive: archive, sliceDecoder: decoder, limits };
    const volumes = new VolumeCache(source, VOLUME_CACHE_BYTES);
    const ports: PredictionPorts = {
      ...{ zoo, engine, volumes },
      levels: new CoarseLevels(),
      memo: new PredictionMemo(PREDICTION_MEMO_BYTES),
    };
    const background = new BackgroundWork((name, reason) =>
      log.warn({ name, error: reason instanceof Error ? reason.name : 'unknown' }, 'background work failed'),
    );
    closers.unshift(() => background.stop());
    const prepareLevels = (volume: Volume, model: ModelManifest): void =>
      background.start('coarse levels', `levels/${model.id}/${volumeFingerprintOf(volume)}`, async signal => {
        await delay(LEVELS_DELAY_MS, undefined, { signal });
        await ports.levels.prepare(volume, model, signal);
      });
    const patientKeyOf = patientKeys(join(config.home, 'patient-key'));
    const online: OnlineLearning = {
      store: new PostgresOnlineAdaptationStore(database),
      scope: SINGLE_USER,
      mutex: new KeyedMutex(),
      patientKeyOf,
      prediction: ports,
      now: () => new Date().toISOString(),
    };
    const learnWhatWasMissed = await missedLearning(online, store, config.learnsOnline, log);
    const workspace: Workspace = {
      ...{ store, zoo, segmentationArchive: archive, mutex: new KeyedMutex() },
      imageArchive: archive,
      segmentationDecoder: new DicomSegmentationDecoder(),
      segmentationEncoder: new DicomSegmentationEncoder(),
      newUid: uidsUnder(config.uidRoot),
      namedUid: namedUidsUnder(config.uidRoot),
      segmentationFormat: formatFor(PLAIN_BINARY, config.segmentationFormat),
      measurementReportEncoder: new DicomMeasurementReportEncoder(),
      structureSetEncoder: new DicomStructureSetEncoder(),
      labelmapEncoder: new NiftiLabelmapEncoder(),
      loadVolume: (series, signal) => ports.volumes.load(series, signal),
      predict: async (input, signal) => {
        const prediction = await predictSegment(input, ports, signal);
        prepareLevels(prediction.volume, zoo.get(input.modelId));
        return prediction;
      },
      ...onlineWorkspace(online, ports, config.learnsOnline, log, stopping.signal),
    };
    const learning = await composeLearning(config, database, workspace, engine, patientKeyOf, start);
    const exemplars = composeExemplars(database, workspace, learning, engine, ports.levels, volumes);
    const onRunFailed = (reason: unknown): void =>
      log.error({ error: reason instanceof Error ? reason.name : 'unknown' }, 'a run failed');
    const runs = new SegmentationRuns(onRunFailed);
    closers.unshift(() => runs.stop());
    const taskPorts = { learning, engine, levels: ports.levels };
    const rankings = composeRankings(database, SINGLE_USER, taskPorts, exemplars, runs, onRunFailed);
    closers.unshift(() => rankings.queue.stop());
    services = {
      ...{ workspace, learning, exemplars, runs, taskPorts, rankings, dicomWeb },
      online: { ...online, isOn: config.learnsOnline },
      capabilities: capabilitiesView(
        zoo,
        embedded ? 'embedded' : 'dicomweb',
        version,
        config.segmentationFormat.segmentationType,
        config.intendedUse,
      ),
      warm: (series, modelId) => {
        const { id } = zoo.get(modelId);
        background.start('warm', `${id}/${seriesKey(series)}`, signal =>
          warmSeries({ series, modelId: id }, ports, signal),
        );
      },
      warmPoint: (series, modelId, pointLps) => {
        const { id } = zoo.get(modelId);
        background.startInstead('warm point', `point/${id}/${seriesKey(series)}`, signal =>
          warmPoint({ series, modelId: id, pointLps }, ports, signal),
        );
      },
    };
    checks = [
      // A transaction: on a full disk queries are still answered, and nothing is kept.
      () => checkPart('database', () => database.transaction(session => session.query('SELECT 1'))),
      () => checkPart('archive', signal => archive.ping(signal)),
      () => Promise.resolve({ part: 'engine', ready: engine.ready() }),
      () => Promise.resolve({ part: 'models', ready: true }),
    ];
    await addFirstObjects(embedded, imports, config, start);
    // Started above: a click that comes now would compete with it.
    begin('Loading the models');
    await Promise.race([engine.loaded(), once(stopping.signal, 'abort')]);
    stopping.signal.throwIfAborted();
    pending = undefined;
    rankings.queue.start();
    background.start('missed lessons', 'missed lessons', learnWhatWasMissed);
  }

  const hasViewer = existsSync(join(VIEWER_FOLDER, 'index.html'));
  if (!hasViewer) tell('The viewer is not installed (npm run viewer); only the API is served.');
  return {
    app: createApp({
      ...{ log, version, services: () => services },
      ...(config.workerToken !== undefined && { workerToken: config.workerToken }),
      problemsMarkdown: readFileSync(join(ROOT, 'docs/problems.md'), 'utf8'),
      ...(hasViewer && {
        viewer: viewerRouter({ viewerDirectory: VIEWER_FOLDER, pluginDirectory: PLUGIN_FOLDER }),
      }),
      readiness: async () => [
        { part: 'start', ready: pending === undefined, ...(pending !== undefined && { detail: pending }) },
        ...(await Promise.all(checks.map(check => check()))),
      ],
    }),
    prepare,
    close: async () => {
      stopping.abort(new Error('The server is shutting down.'));
      for (const closer of closers.splice(0)) await closer();
    },
  };
}

function readVersion(): string {
  const text = readFileSync(join(ROOT, 'server/package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
