import type { PromptSession } from '../domain/promptSession.ts';

/** The session as it is now, and who wants to know when it changes. */
export class SessionState {
  private readonly listeners = new Set<() => void>();

  constructor(private current: PromptSession) {}

  get session(): PromptSession {
    return this.current;
  }

  become(session: PromptSession): void {
    this.current = session;
    for (const listener of this.listeners) listener();
  }

  /** @returns how to leave */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
