import { clicksToKeep } from '../domain/keptClicks.ts';
import type { ClickKeeper } from '../ports/clickKeeper.ts';
import type { PromptSessionRunner } from './promptSessionRunner.ts';

type Session = Pick<PromptSessionRunner, 'series' | 'unsentSteps' | 'getSession'>;

/** What has not reached the server when the page goes away: asked about, and kept as far as it can be. */
export class UnsentWork {
  constructor(
    /** All that the page has by now, those that the reader has left included. */
    private readonly sessions: () => readonly Session[],
    private readonly keeper: ClickKeeper,
  ) {}

  hasUnsent(): boolean {
    return this.sessions().some(({ unsentSteps }) => unsentSteps > 0);
  }

  onEnd(): void {
    for (const { series, getSession } of this.sessions())
      this.keeper.keep(series, clicksToKeep(getSession()));
  }

  /** The page is there again with all that waited in it. */
  onComeBack(): void {
    for (const { series } of this.sessions()) this.keeper.take(series);
  }
}
