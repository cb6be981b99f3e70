import type { Region } from './region.js';

/** The outages of the primary, and how often each comes: a broker's restart takes ten times as long as the others'. */
export const OUTAGE_WEIGHTS = {
  'kill service': 13,
  'kill postgresql': 13,
  'kill broker': 4,
  'cut off': 14,
  'kill region': 6,
} as const;
export type OutageKind = keyof typeof OUTAGE_WEIGHTS;

export interface Outage {
  /** Processes killed with SIGKILL. */
  readonly kills: number;
  /** Brings back what is away; resolves when the service is ready again. */
  end(): Promise<void>;
}

/** Takes the region away, or a part of it. Resolves when that is done. */
export async function strike(kind: OutageKind, region: Region, other: Region): Promise<Outage> {
  const { service, postgres, pulsar, proxy } = region;
  switch (kind) {
    case 'kill service':
      await service.kill();
      return outage(1, region, () => region.startService(other));
    case 'kill postgresql':
      await postgres.kill();
      return outage(1, region, () => postgres.start());
    case 'kill broker':
      await pulsar.kill();
      return outage(1, region, () => region.startBroker());
    case 'cut off':
      // It goes on for itself, and records from its own Pulsar; nobody outside hears of it.
      proxy.stall();
      return outage(0, region, () => Promise.resolve(proxy.flow()));
    case 'kill region':
      await Promise.all([service.kill(), postgres.kill(), pulsar.kill()]);
      return outage(3, region, async () => {
        await Promise.all([postgres.start(), region.startBroker()]);
        await region.startService(other);
      });
  }
}

const outage = (kills: number, { service }: Region, bringBack: () => Promise<void>): Outage => ({
  kills,
  end: async () => {
    await bringBack();
    await service.ready();
  },
});
