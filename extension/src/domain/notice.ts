import type {
  SavedSegmentationContract,
  SegmentationContract,
  SegmentUpdate,
} from '@tomoclick/server/contract';

type Warning =
  | SegmentUpdate['warnings'][number]
  | NonNullable<SegmentationContract['openedFrom']>['warnings'][number]
  | NonNullable<SavedSegmentationContract['warnings']>[number];

/** Something the reader should know before believing what is shown. */
export interface Notice {
  readonly title: string;
  readonly detail: string;
}

/** All notices of a session: those that were dismissed do not come back. */
export interface Notices {
  readonly notices: readonly Notice[];
  readonly dismissedNotices: readonly Notice[];
}

export const NO_NOTICES: Notices = { notices: [], dismissedNotices: [] };

const TITLES: Readonly<Record<Warning['code'], string>> = {
  'suv-unknown': 'No SUV for this series',
  'fractional-thresholded': 'Opened with a threshold',
  'moved-to-grid': 'Moved onto the images',
  'image-missing': 'Images are missing',
  'nothing-learned': 'Saved, but nothing was learned from it',
};

export function withWarnings<State extends Notices>(state: State, warnings: readonly Warning[]): State {
  return warnings.map(noticeOf).reduce(withNewNotice, state);
}

/** What has been told is not told again, be it dismissed or not. */
export function withNewNotice<State extends Notices>(state: State, notice: Notice): State {
  const isKnown = [...state.notices, ...state.dismissedNotices].some(other => isSame(notice, other));
  return isKnown ? state : { ...state, notices: [...state.notices, notice] };
}

/** The screen has followed. */
export const CHANGED_ELSEWHERE: Notice = {
  title: 'The segmentation was changed elsewhere',
  detail:
    'Another window or reader, or a click that was given up, had its effect. What is shown now has it, too: look at ' +
    'all segments before you save.',
};

/** The screen has followed. */
export const DELETED_ELSEWHERE: Notice = {
  title: 'The segmentation was deleted',
  detail:
    'Another window or reader has deleted it from the server. What was saved of it is among the stored ' +
    'segmentations. Clicks begin a new segmentation.',
};

/** Of problems with which earlier work can be neither shown nor gone on with, by code. */
const WHY_APART: ReadonlyMap<string, string> = new Map([
  ['series-changed', 'The images have changed since: its masks would lie elsewhere.'],
  ['model-not-found', 'The model that it was made with is no longer there.'],
]);

/** Earlier work that stays out of the way, so that the series can be segmented; undefined where it need not. */
export function earlierWorkApart(code: string): Notice | undefined {
  const why = WHY_APART.get(code);
  return why === undefined
    ? undefined
    : {
        title: 'Earlier work on this series is not shown',
        detail:
          `${why} The server keeps it; what was saved of it is among the stored segmentations. Clicks begin a ` +
          'new segmentation.',
      };
}

/** What has happened once more is told once more, also where it was dismissed. */
export function withNotice<State extends Notices>(state: State, notice: Notice): State {
  const others = state.notices.filter(other => !isSame(notice, other));
  const dismissedNotices = state.dismissedNotices.filter(other => !isSame(notice, other));
  return { ...state, notices: [...others, notice], dismissedNotices };
}

export function withoutNotice<State extends Notices>(state: State, dismissed: Notice): State {
  return {
    ...state,
    notices: state.notices.filter(notice => !isSame(notice, dismissed)),
    dismissedNotices: [...state.dismissedNotices, dismissed],
  };
}

/** `keywords` name the DICOM attributes at fault: whoever can mend the images looks for them. */
function noticeOf(warning: Warning): Notice {
  const keywords = 'keywords' in warning ? warning.keywords : [];
  const names = keywords.length > 0 ? ` Missing or unusable: ${keywords.map(inWords).join(', ')}.` : '';
  return { title: TITLES[warning.code], detail: `${warning.detail}${names}` };
}

/** `PatientWeight` becomes `Patient Weight`. */
function inWords(keyword: string): string {
  return keyword.replace(/(?<=[a-z])(?=[A-Z])/g, ' ');
}

function isSame(a: Notice, b: Notice): boolean {
  return a.title === b.title && a.detail === b.detail;
}
