import type { OneOrMore } from '../domain/oneOrMore.ts';
import type { ImageInstance } from './imageInstance.ts';

/**
 * The part of OHIF 3.13 that this extension uses. Declared here, and not imported, because OHIF's own types
 * need its source tree; names are OHIF's.
 */
export interface Subscription {
  unsubscribe(): void;
}

export interface PubSub {
  readonly EVENTS: Readonly<Record<string, string>>;
  subscribe(event: string, callback: (payload: unknown) => void): Subscription;
}

export interface ReferencedImage {
  readonly ReferencedSOPInstanceUID?: string;
  /** 1-based; absent: the whole instance. */
  readonly ReferencedFrameNumber?: OneOrMore<number | string>;
}

export interface DisplaySet {
  readonly displaySetInstanceUID: string;
  readonly StudyInstanceUID: string;
  readonly SeriesInstanceUID: string;
  readonly SeriesDescription?: string;
  readonly SeriesNumber?: number | string;
  readonly Modality: string;
  readonly isReconstructable?: boolean;
  readonly imageIds?: readonly string[];
  readonly instances?: readonly ImageInstance[];
  /** Who made it: of one that is a volume of several of its series, ours. */
  readonly SOPClassHandlerId?: string;
  /** Of ours: which of the volumes of its series. */
  readonly volumeLabel?: string;
  /** Its place among them, from 1. */
  readonly volumeNumber?: number;
  /** Of one instance, as segmentations are. */
  readonly SOPInstanceUID?: string;
  readonly referencedSeriesInstanceUID?: string | null;
  readonly referencedDisplaySetInstanceUID?: string | null;
  readonly FrameOfReferenceUID?: string;
  /** Attributes by keyword. */
  readonly instance?: {
    readonly SeriesDate?: string;
    readonly SeriesTime?: string;
    readonly ContentDate?: string;
    readonly ContentTime?: string;
    readonly SegmentSequence?: OneOrMore<{ readonly SegmentLabel?: string }>;
    readonly ReferencedSeriesSequence?: OneOrMore<{
      readonly ReferencedInstanceSequence?: OneOrMore<ReferencedImage>;
    }>;
    readonly PerFrameFunctionalGroupsSequence?: OneOrMore<{
      readonly DerivationImageSequence?: OneOrMore<{
        readonly SourceImageSequence?: OneOrMore<ReferencedImage>;
      }>;
    }>;
  };
}

export interface DisplaySetService extends PubSub {
  getDisplaySetByUID(uid: string): DisplaySet | undefined;
  getActiveDisplaySets(): readonly DisplaySet[];
}

export interface ViewportGridState {
  readonly activeViewportId: string | null;
  readonly viewports: ReadonlyMap<string, { readonly displaySetInstanceUIDs: readonly string[] }>;
}

export interface ViewportGridService extends PubSub {
  getState(): ViewportGridState;
  getActiveViewportId(): string | null;
}

export interface SegmentConfig {
  readonly segmentIndex: number;
  readonly label: string;
  readonly color: readonly [number, number, number, number];
}

export interface SegmentationService extends PubSub {
  createLabelmapForDisplaySet(
    displaySet: DisplaySet,
    options: {
      readonly segmentationId: string;
      readonly label: string;
      readonly segments: Readonly<Record<number, { readonly label: string; readonly active: boolean }>>;
    },
  ): Promise<string>;
  getSegmentation(
    segmentationId: string,
  ): { readonly segments: Readonly<Record<number, unknown>> } | undefined;
  addSegmentationRepresentation(
    viewportId: string,
    options: { readonly segmentationId: string },
  ): Promise<void>;
  removeRepresentationsFromViewport(viewportId: string, specifier: { readonly segmentationId: string }): void;
  getSegmentationRepresentations(
    viewportId: string,
    specifier: { readonly segmentationId: string },
  ): readonly unknown[];
  getSegmentColor(viewportId: string, segmentationId: string, segmentIndex: number): readonly number[];
  setSegmentColor(
    viewportId: string,
    segmentationId: string,
    segmentIndex: number,
    color: readonly [number, number, number, number],
  ): void;
  setSegmentLabel(segmentationId: string, segmentIndex: number, label: string): void;
  addSegment(segmentationId: string, config: SegmentConfig): void;
  removeSegment(
    segmentationId: string,
    segmentIndex: number,
    options: { readonly skipRecordingHistory: boolean },
  ): void;
  setActiveSegment(segmentationId: string, segmentIndex: number): void;
}

export interface CornerstoneViewportService extends PubSub {
  getCornerstoneViewport(viewportId: string): {
    /** Absent in viewports that show no planes (3D). */
    jumpToWorld?(pointLps: [number, number, number]): boolean;
    render(): void;
  } | null;
}

export interface ToolGroupService {
  getToolGroup(toolGroupId: string): ToolGroup | undefined;
}

export interface ToolGroup {
  hasTool(toolName: string): boolean;
  addTool(toolName: string, configuration?: object): void;
  setToolActive(toolName: string, options: object): void;
  setToolPassive(toolName: string): void;
}

export interface PanelService {
  activatePanel(panelId: string, forceActive: boolean): void;
}

export interface UiNotificationService {
  show(notification: {
    readonly title: string;
    readonly message: string;
    readonly type: 'info' | 'success' | 'warning' | 'error';
    readonly duration?: number;
  }): void;
}

/** A list as a customization takes it and gives it back. */
export interface CustomizedColumns {
  readonly 'workList.columns': {
    readonly $apply: (columns: readonly WorkListColumn[]) => readonly WorkListColumn[];
  };
}

/** Of the study list (TanStack Table). */
export interface WorkListColumn {
  readonly id: string;
  readonly header: unknown;
}

export interface CustomizationService {
  readonly Scope: { readonly Global: string };
  setCustomizations(customizations: CustomizedColumns, scope: string): void;
}

export interface Services {
  readonly customizationService: CustomizationService;
  readonly displaySetService: DisplaySetService;
  readonly viewportGridService: ViewportGridService;
  readonly segmentationService: SegmentationService;
  readonly cornerstoneViewportService: CornerstoneViewportService;
  readonly toolGroupService: ToolGroupService;
  readonly panelService: PanelService;
  readonly uiNotificationService: UiNotificationService;
}

/** A study as the study list has it; dates as DICOM writes them. */
export interface FoundStudy {
  readonly studyInstanceUid: string;
  /** PatientID. */
  readonly mrn?: string;
  readonly patientName?: string;
  readonly patientBirthDate?: string;
  readonly date?: string;
  readonly description?: string;
}

export interface FoundSeries {
  readonly seriesInstanceUid: string;
  readonly modality?: string;
  readonly description?: string;
}

export interface DataSource {
  getConfig(): { readonly name: string };
  /** @param frame 1-based */
  getImageIdsForInstance(image: { readonly instance: ImageInstance; readonly frame: number }): string;
  readonly query: {
    readonly studies: {
      search(query: {
        readonly studyInstanceUid?: string;
        readonly limit?: number;
        readonly offset?: number;
      }): Promise<readonly FoundStudy[]>;
    };
    readonly series: { search(studyInstanceUID: string): Promise<readonly FoundSeries[]> };
  };
  deleteStudyMetadataPromise(key: string): void;
  readonly retrieve: {
    readonly series: {
      metadata(query: {
        readonly StudyInstanceUID: string;
        readonly filters: { readonly seriesInstanceUID: readonly string[] };
        readonly madeInClient: boolean;
      }): Promise<unknown>;
    };
  };
}

/** A display set that is still being made. */
export interface NewDisplaySet extends DisplaySet {
  setAttributes(attributes: object): void;
}

/** Makes display sets of the instances of one series and SOP class; none leaves them to the handlers after it. */
export interface SopClassHandler {
  readonly name: string;
  readonly sopClassUids: readonly string[];
  getDisplaySetsFromSeries(instances: ImageInstance[]): readonly NewDisplaySet[];
}

export interface ExtensionManager {
  getActiveDataSource(): readonly DataSource[];
  getModuleEntry(id: string): unknown;
}

export interface Command {
  readonly commandFn: (options: object) => unknown;
  readonly options?: object;
}

export interface CommandsManager {
  getCommand(commandName: string, context: string): Command | undefined;
  registerCommand(context: string, commandName: string, command: Command): void;
}

/** What OHIF hands to every module of an extension. */
export interface ExtensionContext {
  readonly servicesManager: { readonly services: Services };
  readonly extensionManager: ExtensionManager;
  readonly commandsManager: CommandsManager;
}
