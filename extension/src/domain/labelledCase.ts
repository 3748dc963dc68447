import type { CaseRequest, SegmentationContract } from '@tomoclick/server/contract';
import { madeAtOf, type StoredObject } from './storedObject.ts';

/** Whose a series is and what it shows, as the viewer's archive knows it; empty where it does not. */
export interface SeriesFacts {
  readonly patientName: string;
  readonly patientID: string;
  /** `1964-02-29` */
  readonly birthDate: string;
  readonly studyDate: string;
  readonly studyDescription: string;
  readonly seriesDescription: string;
  readonly modality: string;
  /** Of an image that names one of several volumes: what tells it from the others, `phase 2 of 3`. */
  readonly volume?: string;
}

/** A segmentation in the archive, of a series of the same study. */
export interface StoredCase extends StoredObject {
  readonly studyInstanceUID: string;
  /** The images. */
  readonly imageSeriesInstanceUID: string;
  /** Which of the volumes of their series, where it holds several. */
  readonly volume?: string;
}

/** Images, with what is known of them. */
export interface DescribedSeries {
  readonly studyInstanceUID: string;
  readonly seriesInstanceUID: string;
  /** Of the volume that is meant, where the series holds several. */
  readonly image?: { readonly sopInstanceUID: string; readonly frameNumber?: number };
  readonly facts: SeriesFacts | null;
}

/** A segmentation that can be chosen as an example, or to learn from; the series is that of its images. */
export interface LabelledCase extends DescribedSeries {
  readonly key: string;
  readonly request: CaseRequest;
  /** Null where only the archive knows. */
  readonly labels: readonly { readonly label: string; readonly volumeMl: number | null }[];
  /** `2024-02-29 10:20` */
  readonly madeAt: string;
  readonly origin: 'not saved' | 'saved' | 'in the archive';
  /** As `StoredCase` has it. */
  readonly volume?: string;
}

export interface PatientCases {
  readonly key: string;
  readonly patient: string;
  readonly cases: readonly LabelledCase[];
}

/** Undefined where no segment is filled: it shows nothing. */
export function caseOfSegmentation(segmentation: SegmentationContract): LabelledCase | undefined {
  const { id, studyInstanceUID, seriesInstanceUID, image, segments, createdAt, stored } = segmentation;
  const filled = segments.filter(({ voxelCount }) => voxelCount > 0);
  if (filled.length === 0) return undefined;
  return {
    ...{ key: id, request: { kind: 'workspace', segmentationId: id } },
    ...{ studyInstanceUID, seriesInstanceUID, ...(image && { image }) },
    labels: filled.map(({ label, volumeMl }) => ({ label, volumeMl })),
    madeAt: localTimeOf(createdAt),
    origin: stored.length > 0 ? 'saved' : 'not saved',
    facts: null,
  };
}

export function caseOfStored(stored: StoredCase): LabelledCase {
  const { studyInstanceUID, imageSeriesInstanceUID, seriesInstanceUID, sopInstanceUID, labels } = stored;
  const { volume } = stored;
  return {
    key: sopInstanceUID,
    request: {
      ...{ kind: 'object', studyInstanceUID, seriesInstanceUID: imageSeriesInstanceUID },
      object: { seriesInstanceUID, sopInstanceUID },
    },
    ...{ studyInstanceUID, seriesInstanceUID: imageSeriesInstanceUID },
    labels: labels.map(label => ({ label, volumeMl: null })),
    ...{ madeAt: stored.madeAt, origin: 'in the archive', facts: null, ...(volume && { volume }) },
  };
}

/** Segmentations by the patients they are of, in the order in which patients come first. */
export function byPatient(cases: readonly LabelledCase[]): readonly PatientCases[] {
  const groups = new Map<string, LabelledCase[]>();
  for (const each of cases) {
    const key = patientKeyOf(each);
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups].map(([key, members]) => ({ key, patient: patientText(members[0]!), cases: members }));
}

/** Whether every word that was typed is in what the reader sees of a case, or of a series. */
export function isFound(
  each: DescribedSeries & Partial<Pick<LabelledCase, 'labels' | 'volume'>>,
  typed: string,
): boolean {
  const labels = (each.labels ?? []).map(({ label }) => label);
  const seen = [patientText(each), ...seriesTexts(each), ...labels].join(' ').toLowerCase();
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every(word => seen.includes(word));
}

/** Who it is: name, ID and birth date, as far as they are known. */
export function patientText({ facts, studyInstanceUID }: DescribedSeries): string {
  const known = [facts?.patientName, facts?.patientID, facts?.birthDate && `born ${facts.birthDate}`];
  return known.filter(Boolean).join(' · ') || `Study …${studyInstanceUID.slice(-8)}`;
}

/** What it was made on: modality, series, which of its volumes, study and date, as far as they are known. */
export function seriesTexts(each: DescribedSeries & Pick<LabelledCase, 'volume'>): readonly string[] {
  const { facts, seriesInstanceUID, image } = each;
  const series = facts?.seriesDescription || `series …${seriesInstanceUID.slice(-8)}`;
  const volume = each.volume ?? facts?.volume ?? (image && imageText(image));
  const texts = [facts?.modality, series, volume, facts?.studyDescription, facts?.studyDate];
  return texts.flatMap(text => (text ? [text] : []));
}

/** Tells the volumes of a series apart where nothing else is known of them. */
function imageText({ sopInstanceUID, frameNumber = 1 }: NonNullable<DescribedSeries['image']>): string {
  return `volume of image …${sopInstanceUID.slice(-8)}${frameNumber > 1 ? `, frame ${frameNumber}` : ''}`;
}

/** Without an ID, cases of one study alone are known to be of one patient. */
function patientKeyOf({ facts, studyInstanceUID }: LabelledCase): string {
  return facts?.patientID ? `patient ${facts.patientID}` : `study ${studyInstanceUID}`;
}

/** Of the place where the reader is, written as DICOM times are. */
function localTimeOf(isoTime: string): string {
  const at = new Date(isoTime);
  const two = (part: number): string => String(part).padStart(2, '0');
  const day = `${at.getFullYear()}${two(at.getMonth() + 1)}${two(at.getDate())}`;
  return madeAtOf(day, `${two(at.getHours())}${two(at.getMinutes())}`);
}
