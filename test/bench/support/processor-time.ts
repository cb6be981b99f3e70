import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts processor time in ticks of 10 ms. */
const TICK_US = 10_000;

interface Stat {
  readonly parent: number;
  /** The time of the process and of its children that have ended. */
  readonly ticks: number;
}

function stat(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    return {
      parent: fields[1] ?? 0,
      ticks: (fields[11] ?? 0) + (fields[12] ?? 0) + (fields[13] ?? 0) + (fields[14] ?? 0),
    };
  } catch {
    return null; // it ended between the listing and the look
  }
}

/** Processor time that a process and its descendants have used so far, microseconds; of ended ones too. */
export function processorTimeUs(root: number): number {
  const stats = new Map<number, Stat>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const found = stat(Number(name));
    if (found) stats.set(Number(name), found);
  }
  const belongs = (pid: number): boolean =>
    pid === root || (stats.has(pid) && pid > 1 && belongs(stats.get(pid)!.parent));
  let ticks = 0;
  for (const [pid, { ticks: own }] of stats) if (belongs(pid)) ticks += own;
  return ticks * TICK_US;
}

/** Resident memory of one process now, MB. */
export const residentMb = (pid: number): number => statusMb(pid, /VmRSS:\s+(\d+)/);

/** The most that it ever was, MB: the kernel keeps it. */
export const mostResidentMb = (pid: number): number => statusMb(pid, /VmHWM:\s+(\d+)/);

function statusMb(pid: number, line: RegExp): number {
  return Number(line.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}
