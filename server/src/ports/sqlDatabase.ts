/** A PostgreSQL-dialect database: PGlite in a folder, or a server. Parameters are $1, $2 … */
export interface SqlSession {
  query<Row extends object>(sql: string, parameters?: readonly unknown[]): Promise<readonly Row[]>;
}

export interface SqlDatabase extends SqlSession {
  /** Several statements without parameters (schema). */
  execute(sql: string): Promise<void>;
  /** Commits when `work` resolves, rolls back when it rejects. When this resolves, the commit is durable. */
  transaction<Result>(work: (session: SqlSession) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}
