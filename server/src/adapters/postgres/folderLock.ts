import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Another living process owns the folder. */
export class FolderInUseError extends Error {
  override readonly name = 'FolderInUseError';
  constructor(
    readonly folder: string,
    readonly pid: number,
  ) {
    super(
      `The folder ${folder} is in use by process ${pid}. ` +
        `Stop that process, or start this one with another folder (TOMOCLICK_HOME).`,
    );
  }
}

/**
 * Makes this process the only owner of a folder until the returned function is called or the process dies.
 * The lock of a dead process is taken over.
 * @throws FolderInUseError
 */
export function lockFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true });
  const lock = join(folder, 'lock');
  const own = join(folder, `lock.${process.pid}`);
  const content = `${process.pid} ${startOf(process.pid)}`.trim();
  if (readOwner(lock) === content) throw new FolderInUseError(folder, process.pid);
  writeFileSync(own, content);
  try {
    // A hard link appears at once with its content, or not at all.
    while (!link(own, lock)) {
      const owner = readOwner(lock);
      if (owner === undefined) continue;
      const pid = Number.parseInt(owner, 10);
      if (describeOwner(pid) === owner) throw new FolderInUseError(folder, pid);
      takeAway(lock, owner, `${own}.stale`);
    }
  } finally {
    rmSync(own, { force: true });
  }
  return () => {
    if (readOwner(lock) === content) rmSync(lock, { force: true });
  };
}

/** Removes a dead owner's lock, but not the one that a faster process has put there meanwhile. */
function takeAway(lock: string, deadOwner: string, aside: string): void {
  try {
    renameSync(lock, aside);
  } catch (error) {
    if (isErrorWithCode(error, 'ENOENT')) return;
    throw error;
  }
  if (readOwner(aside) !== deadOwner) link(aside, lock);
  rmSync(aside, { force: true });
}

/** True when the link was made, false when the name is taken. */
function link(existing: string, name: string): boolean {
  try {
    linkSync(existing, name);
    return true;
  } catch (error) {
    if (isErrorWithCode(error, 'EEXIST')) return false;
    throw error;
  }
}

function readOwner(lock: string): string | undefined {
  try {
    return readFileSync(lock, 'utf8');
  } catch (error) {
    if (isErrorWithCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/**
 * Process id and, where the system tells it, the moment the process started: a number that was given to another
 * process after a restart (common in containers) is not mistaken for the old owner. Absent for a dead process.
 */
function describeOwner(pid: number): string | undefined {
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return undefined;
  return `${pid} ${startOf(pid)}`.trim();
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isErrorWithCode(error, 'EPERM');
  }
}

/** Boot id and start time in clock ticks since boot (Linux, proc(5)); empty elsewhere. */
function startOf(pid: number): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, the command in parentheses, may hold spaces; start time is the 22nd field.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return `${boot} ${fields[19] ?? ''}`;
  } catch {
    return '';
  }
}

function isErrorWithCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
