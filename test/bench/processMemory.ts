import { existsSync, readFileSync } from 'node:fs';

export interface PeakMemory {
  readonly pid: number;
  readonly command: string;
  readonly peakMb: number;
}

/** Peak resident memory of a process and of its children (Linux only: elsewhere the list is empty). */
export function peakMemoryOf(pid: number): PeakMemory[] {
  if (!existsSync(`/proc/${pid}/status`)) return [];
  const peakKb = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(1, 2).join('');
  const children = `/proc/${pid}/task/${pid}/children`;
  const pids = existsSync(children) ? readFileSync(children, 'utf8').trim().split(' ').filter(Boolean) : [];
  return [
    { pid, command: command.split('/').slice(-1).join(''), peakMb: Number(peakKb ?? 0) / 1024 },
    ...pids.flatMap(child => peakMemoryOf(Number(child))),
  ];
}
