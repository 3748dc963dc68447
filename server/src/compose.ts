import { once } from 'node:events';
import { createReadStream, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Express, RequestHandler } from 'express';
import type { Logger } from 'pino';
import { demoStudyInstances } from './adapters/demoStudy/demoStudyInstances.ts';
import { DicomSegmentationDecoder } from './adapters/dicom/dicomSegmentationDecoder.ts';
import { DicomMeasurementReportEncoder } from './adapters/dicom/dicomMeasurementReportEncoder.ts';
import { DicomSegmentationEncoder } from './adapters/dicom/dicomSegmentationEncoder.ts';
import { DicomStructureSetEncoder } from './adapters/dicom/dicomStructureSetEncoder.ts';
import { ThreadedDecoder } from './adapters/dicom/threadedDecoder.ts';
import { importedFiles } from './adapters/dicomImport/importedFiles.ts';
import { RemoteArchive } from './adapters/dicomweb/remoteArchive.ts';
import { FolderFileStore } from './adapters/fileStore/folderFileStore.ts';
import { FolderArchive } from './adapters/folderArchive/folderArchive.ts';
import { patientKeys } from './adapters/installationKey/patientKeys.ts';
import { NiftiLabelmapEncoder } from './adapters/nifti/niftiLabelmapEncoder.ts';
import { NiftiVolumeEncoder } from './adapters/nifti/niftiVolumeEncoder.ts';
import { readModelZoo } from './adapters/onnx/folderModelZoo.ts';
import { FolderTaskPackages } from './adapters/onnx/folderTaskPackages.ts';
import { enginesFor, OnnxEnginePool } from './adapters/onnx/onnxEnginePool.ts';
import { zooTaskFolders } from './adapters/onnx/zooTaskFolders.ts';
import { openPgliteDatabase } from './adapters/postgres/pgliteDatabase.ts';
import { PostgresAdaptationStore } from './adapters/postgres/postgresAdaptationStore.ts';
import { PostgresExemplarSetStore } from './adapters/postgres/postgresExemplarSetStore.ts';
import { PostgresOnlineAdaptationStore } from './adapters/postgres/postgresOnlineAdaptationStore.ts';
import { PostgresTaskRegistry } from './adapters/postgres/postgresTaskRegistry.ts';
import { PostgresWorkspaceStore } from './adapters/postgres/postgresWorkspaceStore.ts';
import { BackgroundWork } from './application/backgroundWork.ts';
import { CoarseLevels } from './application/coarseLevels.ts';
import type { Exemplars } from './application/exemplars/exemplars.ts';
import { LikenessMemory } from './application/exemplars/likenessMemory.ts';
import { segmentLike } from './application/exemplars/segmentLike.ts';
import { importInstances, type NamedObject } from './application/importInstances.ts';
import { KeyedMutex } from './application/keyedMutex.ts';
import { releaseFiles } from './application/learning/adaptationJobs.ts';
import type { Learning } from './application/learning/learning.ts';
import { registerZooTasks } from './application/learning/registerZooTasks.ts';
import { tryOutTask } from './application/learning/tryOutTask.ts';
import { WorkerPresence } from './application/learning/workerPresence.ts';
import { learnFromAccepted } from './application/online/learnFromAccepted.ts';
import {
  adaptationKeyOf,
  currentAdaptation,
  type OnlineLearning,
} from './application/online/onlineLearning.ts';
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
import { DEFAULT_SERIES_LIMITS } from './domain/seriesLimits.ts';
import { seriesKey } from './domain/seriesReference.ts';
import type { Volume } from './domain/volume.ts';
import { volumeFingerprintOf } from './domain/volumeFingerprint.ts';
import { createApp } from './http/app.ts';
import { capabilitiesView } from './http/capabilitiesView.ts';
import { checkPart } from './http/readiness.ts';
import { dicomWebRouter } from './http/routes/dicomWeb.ts';
import { dicomWebProxyRouter } from './http/routes/dicomWebProxy.ts';
import type { PartReadiness, Services } from './http/services.ts';
import { viewerRouter } from './http/viewer.ts';
import type { FrameDecoder } from './ports/frameDecoder.ts';
import type { ImageArchive } from './ports/imageArchive.ts';
import type { SegmentationArchive } from './ports/segmentationArchive.ts';
import type { SqlDatabase } from './ports/sqlDatabase.ts';

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

/** An archive and what the house uses it for. */
interface ComposedArchive {
  readonly archive: ImageArchive & SegmentationArchive;
  readonly dicomWeb: RequestHandler;
  /** Only where files can be added without a PACS. */
  readonly embedded?: FolderArchive;
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

  async function prepare(imports: readonly string[]): Promise<void> {
    begin('Opening the database');
    const database = await openPgliteDatabase(join(config.home, 'database'));
    closers.unshift(() => database.close());
    const store = await PostgresWorkspaceStore.open(database);
    begin('Opening the archive');
    const limits = { ...DEFAULT_SERIES_LIMITS, ...config.limits };
    const decoder = new ThreadedDecoder({ maxHeaderBytes: limits.maxHeaderBytes });
    closers.unshift(() => decoder.close());
    const { archive, dicomWeb, embedded } = await openArchive(config, database, decoder);
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
    const files = await FolderFileStore.open(join(config.home, 'learning'));
    const source = { imageArchive: archive, sliceDecoder: decoder, limits };
    const ports: PredictionPorts = {
      ...{ zoo, engine },
      volumes: new VolumeCache(source, VOLUME_CACHE_BYTES),
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
    const online: OnlineLearning = {
      store: new PostgresOnlineAdaptationStore(database),
      scope: SINGLE_USER,
      mutex: new KeyedMutex(),
      prediction: ports,
      now: () => new Date().toISOString(),
    };
    const workspace: Workspace = {
      ...{ store, zoo, segmentationArchive: archive, mutex: new KeyedMutex() },
      imageArchive: archive,
      segmentationDecoder: new DicomSegmentationDecoder(),
      segmentationEncoder: new DicomSegmentationEncoder(),
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
      adaptationFor: async ({ series, modelId }, label, signal) => {
        if (!config.learnsOnline) return undefined;
        const { volume } = await ports.volumes.load(series, signal);
        const key = adaptationKeyOf(online.scope, label, volume.modality, zoo.get(modelId));
        return key && currentAdaptation(key, online);
      },
      learnFromAccepted: async segmentation => {
        if (!config.learnsOnline) return;
        try {
          await learnFromAccepted(segmentation, online, stopping.signal);
        } catch (error) {
          const name = error instanceof Error ? error.name : 'unknown';
          log.warn({ error: name }, 'nothing was learned from what was stored');
        }
      },
    };
    const learning: Learning = {
      adaptations: new PostgresAdaptationStore(database),
      tasks: new PostgresTaskRegistry(database),
      ...{ files, workspace },
      packages: new FolderTaskPackages(model => tryOutTask(model, engine)),
      volumeEncoder: new NiftiVolumeEncoder(),
      workers: new WorkerPresence(),
      patientKeyOf: patientKeys(join(config.home, 'patient-key')),
      nowMs: () => Date.now(),
    };
    await releaseFiles(learning);
    await addZooTasks(learning);
    const runs = new SegmentationRuns(reason =>
      log.error({ error: reason instanceof Error ? reason.name : 'unknown' }, 'a run failed'),
    );
    closers.unshift(() => runs.stop());
    const likeness = { engine, levels: ports.levels, memory: new LikenessMemory() };
    const exemplars: Exemplars = {
      ...{ workspace, patientKeyOf: learning.patientKeyOf, nowMs: learning.nowMs },
      sets: new PostgresExemplarSetStore(database),
      segmentLike: (query, examples, labels, model, signal, onProgress) =>
        segmentLike(query, examples, labels, model, likeness, signal, onProgress),
    };
    services = {
      ...{ workspace, learning, exemplars, runs, dicomWeb },
      taskPorts: { learning, engine, levels: ports.levels },
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
      () => checkPart('database', () => database.query('SELECT 1')),
      () => checkPart('archive', signal => archive.ping(signal)),
      () => Promise.resolve({ part: 'engine', ready: engine.ready() }),
      () => Promise.resolve({ part: 'models', ready: true }),
    ];
    if (imports.length > 0) await importInto(embedded, imports);
    else if (embedded) await addDemoStudy(embedded);
    // Started above: a click that comes now would compete with it.
    begin('Loading the models');
    await Promise.race([engine.loaded(), once(stopping.signal, 'abort')]);
    stopping.signal.throwIfAborted();
    pending = undefined;
  }

  async function addZooTasks(learning: Learning): Promise<void> {
    const found = await zooTaskFolders(config.models);
    if (found.length === 0) return;
    begin('Checking the tasks of the zoo');
    await registerZooTasks(found, learning, createReadStream, (id, reason) =>
      tell(`The task ${id} of the zoo is left out: ${reason instanceof Error ? reason.message : 'unknown'}`),
    );
  }

  async function importInto(embedded: FolderArchive | undefined, imports: readonly string[]): Promise<void> {
    if (!embedded)
      throw new Error('--import adds to the embedded archive. Send the files to the PACS instead.');
    begin('Importing');
    const { stored, refused } = await importInstances(
      importedFiles(imports),
      embedded,
      stopping.signal,
      progress => {
        pending = `Importing, ${progress.stored} objects so far`;
        if (progress.stored % 200 === 0) tell(`${pending} …`);
      },
      (name, reason) => tell(`Not imported: ${name}: ${reason}`),
    );
    tell(`Imported ${stored} objects; ${refused} files were not taken.`);
    // Whoever has brought images of their own needs no demo.
    writeFileSync(demoMark(config), '');
  }

  async function addDemoStudy(embedded: FolderArchive): Promise<void> {
    if (existsSync(demoMark(config))) return;
    begin('Making the demo study');
    const made: NamedObject[] = [];
    const instances = demoStudyInstances((done, total) => {
      pending = `Making the demo study, ${done} of ${total} slices`;
      if (done % Math.ceil(total / 5) === 0) tell(`${pending} …`);
    }, stopping.signal);
    // Stored only when all are made, so that nobody opens half a series.
    for await (const part10 of instances) made.push({ name: 'demo study', bytes: inOneChunk(part10) });
    await importInstances(
      made,
      embedded,
      stopping.signal,
      () => undefined,
      (_name, reason) => log.warn({ reason }, 'an object of the demo study was not taken'),
    );
    writeFileSync(demoMark(config), '');
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

async function openArchive(
  { archiveUrl, home }: Config,
  database: SqlDatabase,
  decoder: FrameDecoder,
): Promise<ComposedArchive> {
  if (archiveUrl !== undefined) {
    return { archive: new RemoteArchive(archiveUrl), dicomWeb: dicomWebProxyRouter(archiveUrl) };
  }
  const embedded = await FolderArchive.open(join(home, 'archive'), database);
  return { archive: embedded, embedded, dicomWeb: dicomWebRouter(embedded, decoder) };
}

async function* inOneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield bytes;
}

/** Lies in the data folder once the demo study is there, or is not wanted. */
function demoMark({ home }: Config): string {
  return join(home, 'demo-study-done');
}

function readVersion(): string {
  const text = readFileSync(join(ROOT, 'server/package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
