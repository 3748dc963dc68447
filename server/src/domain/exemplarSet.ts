import type { LabelOrigin } from './adaptation.ts';
import type { SeriesReference } from './seriesReference.ts';
import type { TaskClass } from './task.ts';

/** A labelled series that shows what is meant, by reference: neither pixels nor masks are kept. */
export interface Exemplar {
  readonly series: SeriesReference;
  /** Labels as they were when the set was made: what is edited later changes no set. */
  readonly origin: LabelOrigin;
  /** Equal for cases of one patient; it tells nothing of who that is. */
  readonly patientKey: string;
  readonly modality: string;
  /** Of its segments that are not empty. */
  readonly labels: readonly string[];
  /** Of the volume that the labels lie on (volumeFingerprint.ts). */
  readonly volumeFingerprint: string;
}

/** What is to be known of a set before it is relied on. */
export interface ExemplarSetWarning {
  readonly code: 'class-missing' | 'series-twice' | 'one-patient';
  readonly detail: string;
}

/** What is to be segmented, told by examples: nothing is trained, a series is compared with them when a run asks. */
export interface ExemplarSet {
  readonly id: string;
  readonly createdAt: string;
  readonly title: string;
  /** Whose features tell what is alike. */
  readonly model: { readonly model: string; readonly version: string };
  /** Of all cases, and of the series that it can be run on. */
  readonly modalities: readonly string[];
  readonly classes: readonly TaskClass[];
  readonly cases: readonly Exemplar[];
  readonly warnings: readonly ExemplarSetWarning[];
}
