import { RefusedByServer } from '../domain/failure.ts';
import { earlierWorkApart, withNewNotice } from '../domain/notice.ts';
import type { LabelmapView } from '../ports/labelmapView.ts';
import type { SegmentationApi, SeriesReference } from '../ports/segmentationApi.ts';
import type { SessionState } from './sessionState.ts';
import type { ShownSession } from './shownSession.ts';

/** So long it is believed that nobody has begun to segment the series meanwhile. */
const SEARCH_HOLDS_MS = 2000;

/** What the reader, or others, have segmented on a series before: what began beside it would hide it. */
export class EarlierWork {
  private searchedAtMs: number | null = null;
  /** It was looked for in vain. */
  private isUnknown = false;

  constructor(
    private readonly series: SeriesReference,
    private readonly state: SessionState,
    private readonly shown: ShownSession,
    private readonly ports: {
      readonly api: Pick<SegmentationApi, 'find'>;
      readonly view: Pick<LabelmapView, 'open'>;
      readonly nowMs: () => number;
    },
  ) {}

  get wasSearched(): boolean {
    return this.searchedAtMs !== null;
  }

  /** Whether there may be some that nobody knows of here. */
  get isDue(): boolean {
    const { searchedAtMs } = this;
    if (searchedAtMs === null) return false;
    return this.isUnknown || this.ports.nowMs() - searchedAtMs > SEARCH_HOLDS_MS;
  }

  /** Shows what is found; what cannot be gone on with stays apart. */
  async search(): Promise<void> {
    this.isUnknown = true;
    this.searchedAtMs = this.ports.nowMs();
    await this.ports.view.open();
    const found = await this.ports.api.find(this.series);
    try {
      await this.shown.restore(found);
    } catch (error) {
      const notice = error instanceof RefusedByServer ? earlierWorkApart(error.code) : undefined;
      if (!notice) throw error;
      this.state.become(withNewNotice(this.state.session, notice));
    }
    this.isUnknown = false;
  }
}
