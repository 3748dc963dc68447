import { seriesKeyOf } from '../domain/seriesKey.ts';
import type { SeriesReference } from '../ports/segmentationApi.ts';
import type { PromptSessionRunner } from './promptSessionRunner.ts';

interface LeftSession {
  readonly runner: PromptSessionRunner;
  /** Ends following it. */
  readonly unfollow: () => void;
}

/**
 * Sessions that the reader left with something unsent. What is on its way goes on to the server; what fails waits for
 * the reader to come back to the series, and goes nowhere by itself.
 */
export class LeftSessions {
  private readonly bySeries = new Map<string, LeftSession>();

  /** @param tell the reader, once a session, how many steps wait */
  constructor(private readonly tell: (steps: number) => void) {}

  add(runner: PromptSessionRunner): void {
    runner.leave();
    let isTold = false;
    const follow = (): void => {
      const { unsentSteps } = runner;
      if (unsentSteps === 0) this.take(runner.series);
      if (unsentSteps === 0 || isTold || !runner.getSession().failure) return;
      isTold = true;
      this.tell(unsentSteps);
    };
    this.bySeries.set(seriesKeyOf(runner.series), { runner, unfollow: runner.subscribe(follow) });
    follow();
  }

  /** Of all series. */
  get runners(): readonly PromptSessionRunner[] {
    return [...this.bySeries.values()].map(({ runner }) => runner);
  }

  /** For the reader who comes back. */
  take(series: SeriesReference): PromptSessionRunner | undefined {
    const left = this.bySeries.get(seriesKeyOf(series));
    left?.unfollow();
    this.bySeries.delete(seriesKeyOf(series));
    return left?.runner;
  }
}
