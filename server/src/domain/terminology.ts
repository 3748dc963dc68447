/** A coded concept (PS3.3 8.8). */
export interface Code {
  readonly value: string;
  readonly scheme: string;
  readonly meaning: string;
}

/** What a segment shows, as the Segment Description macro asks for it (PS3.3 C.8.20.4). */
export interface SegmentedProperty {
  readonly category: Code;
  readonly type: Code;
  readonly laterality?: Code;
  /** Where a finding lies. */
  readonly anatomicRegion?: Code;
}

const sct = (value: string, meaning: string): Code => ({ value, scheme: 'SCT', meaning });

const TISSUE = sct('85756007', 'Tissue');
const ANATOMICAL_STRUCTURE = sct('123037004', 'Anatomical Structure');
const MORPHOLOGICALLY_ALTERED_STRUCTURE = sct('49755003', 'Morphologically Altered Structure');
const RIGHT = sct('24028007', 'Right');
const LEFT = sct('7771000', 'Left');

/** Earlier entries win, so that the gallbladder is no bladder. */
const ORGANS: readonly (readonly [pattern: RegExp, code: Code])[] = [
  [/\bliver\b/, sct('10200004', 'Liver')],
  [/\bspleen\b/, sct('78961009', 'Spleen')],
  [/\badrenals?\b/, sct('23451007', 'Adrenal gland')],
  [/\bkidneys?\b/, sct('64033007', 'Kidney')],
  [/\bpancreas\b/, sct('15776009', 'Pancreas')],
  [/\bgall ?bladder\b/, sct('28231008', 'Gallbladder')],
  [/\bstomach\b/, sct('69695003', 'Stomach')],
  [/\baorta\b/, sct('15825003', 'Aorta')],
  [/\bbladder\b/, sct('89837001', 'Urinary bladder')],
  [/\bprostate\b/, sct('41216001', 'Prostate')],
  [/\blungs?\b/, sct('39607008', 'Lung')],
  [/\bheart\b/, sct('80891009', 'Heart')],
  [/\bbrain\b/, sct('12738006', 'Brain')],
  [/\bcolon\b/, sct('71854001', 'Colon')],
  [/\bduodenum\b/, sct('38848004', 'Duodenum')],
  [/\bo?esophagus\b/, sct('32849002', 'Esophagus')],
];

const FINDINGS: readonly (readonly [pattern: RegExp, code: Code])[] = [
  [/\bcysts?\b/, sct('367643001', 'Cyst')],
  [/\bo?edema\b/, sct('79654002', 'Edema')],
  [/\bnecrosis\b/, sct('6574001', 'Necrosis')],
  [/\bha?emorrhages?\b/, sct('50960005', 'Hemorrhage')],
  [
    /\b(lesions?|mass|masses|tumou?rs?|nodules?|metastas[ie]s|cancers?|carcinomas?)\b/,
    sct('4147007', 'Mass'),
  ],
];

/** Codes for a label that a person typed in English; what is not known is tissue. */
export function segmentedPropertyOf(label: string): SegmentedProperty {
  const words = label.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ');
  const find = (table: typeof ORGANS): Code | undefined =>
    table.find(([pattern]) => pattern.test(words))?.[1];
  const organ = find(ORGANS);
  const finding = find(FINDINGS);
  const side = /\bleft\b/.test(words) ? LEFT : /\bright\b/.test(words) ? RIGHT : undefined;
  const laterality = side && { laterality: side };
  if (finding) {
    const anatomicRegion = organ && { anatomicRegion: organ };
    return { category: MORPHOLOGICALLY_ALTERED_STRUCTURE, type: finding, ...anatomicRegion, ...laterality };
  }
  if (organ) return { category: ANATOMICAL_STRUCTURE, type: organ, ...laterality };
  return { category: TISSUE, type: TISSUE };
}
