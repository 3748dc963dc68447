import type { PGlite } from '@electric-sql/pglite';

/** Two segments of the log, some hundred clicks; they are written to the tables in a fraction of a second. */
const MOST_LOG_BYTES = 32 * 1024 ** 2;
const LOOK_AFTER_COMMITS = 16;

const LOG_BYTES = `SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), redo_lsn)::double precision AS bytes
  FROM pg_control_checkpoint()`;

/**
 * Keeps the write-ahead log short, and lets the room of what was replaced or deleted be used again. PostgreSQL has
 * processes for that, and PGlite has none: the log would grow for as long as the server runs, and all of it be read
 * after a kill; and the tables would grow with every change.
 */
export class Upkeep {
  #commits = 0;
  #look: Promise<void> = Promise.resolve();

  constructor(private readonly pglite: PGlite) {}

  /** To be told of each commit; nobody waits for what it begins. */
  afterCommit(): void {
    this.#commits++;
    if (this.#commits % LOOK_AFTER_COMMITS !== 0) return;
    // What has failed is tried again with the next look; nothing is lost by it.
    this.#look = this.#keepUp().catch(() => undefined);
  }

  /** Resolves when none is under way. */
  ended(): Promise<void> {
    return this.#look;
  }

  async #keepUp(): Promise<void> {
    const { rows } = await this.pglite.query<{ bytes: number }>(LOG_BYTES);
    if (!rows.some(({ bytes }) => bytes >= MOST_LOG_BYTES)) return;
    await this.pglite.exec('VACUUM');
    await this.pglite.exec('CHECKPOINT');
  }
}
