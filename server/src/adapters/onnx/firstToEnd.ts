import { readFileSync, writeFileSync } from 'node:fs';

const BADNESS = '/proc/self/oom_score_adj';
const WORST = 1000;
/** As if this process held half of the machine's memory on top of its own (proc_pid_oom_score_adj(5)). */
const MORE = 500;

/**
 * Where memory runs out, Linux ends a process of its choice: let it be this one, which is started again, and not the
 * server, which may hold more. What a task's graph takes is known to nobody before it runs.
 */
export function beFirstToEnd(): void {
  if (process.platform !== 'linux') return;
  try {
    const badness = Number(readFileSync(BADNESS, 'utf8'));
    writeFileSync(BADNESS, String(Math.min(WORST, badness + MORE)));
  } catch {
    // Some sandboxes have no such file, or one that nobody may write: the choice is the kernel's then.
  }
}
