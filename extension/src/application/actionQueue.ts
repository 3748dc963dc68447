import {
  failureOfSession,
  isRefusal,
  isTransient,
  NoAnswerInTime,
  NotSentBefore,
} from '../domain/failure.ts';
import { withAction, withDone, withFailure, withStart, type Action } from '../domain/promptSession.ts';
import type { SessionState } from './sessionState.ts';

/** Waits between attempts when the server gives no answer or is busy; after the last the reader decides. */
const RETRY_DELAYS_MS = [300, 1000, 3000];

interface QueuePorts {
  /** @throws what the server answers */
  readonly carryOut: (action: Action) => Promise<void>;
  readonly onLate: () => void;
  readonly delay: (ms: number) => Promise<void>;
  readonly nowMs: () => number;
}

/** Carries out what the reader asks for, one after the other, until something fails. */
export class ActionQueue {
  private running = false;
  private inDoubt = false;

  constructor(
    private readonly state: SessionState,
    private readonly ports: QueuePorts,
  ) {}

  /** The action that failed may have had its effect. */
  get isInDoubt(): boolean {
    return this.inDoubt;
  }

  add(action: Action): void {
    this.state.become(withAction(this.state.session, action));
    if (!this.state.session.failure) this.goOn();
  }

  /** From the action that failed, where it is still there. */
  goOn(): void {
    void this.run();
  }

  private async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    try {
      for (let action = this.state.session.queue[0]; action; action = this.state.session.queue[0]) {
        this.state.become(withStart(this.state.session, this.ports.nowMs()));
        await this.carryOutWithRetries(action);
        this.state.become(withDone(this.state.session));
      }
    } catch (error) {
      // The server stops what nobody waits for: the next try finds the series further than this one did.
      if (error instanceof NoAnswerInTime) this.ports.onLate();
      this.inDoubt = !isRefusal(error) && !(error instanceof NotSentBefore);
      this.state.become(withFailure(this.state.session, failureOfSession(error)));
    } finally {
      this.running = false;
    }
  }

  private async carryOutWithRetries(action: Action): Promise<void> {
    for (const delayMs of RETRY_DELAYS_MS) {
      try {
        return await this.ports.carryOut(action);
      } catch (error) {
        if (!isTransient(error)) throw error;
        await this.ports.delay(delayMs);
      }
    }
    return this.ports.carryOut(action);
  }
}
