import { endRun } from '../../support/run-folder.js';
import { Region, type RegionName } from './region.js';

/** Two whole regions on this machine, which know each other. */
export class TwoStacks {
  private constructor(
    readonly folder: string,
    readonly a: Region,
    readonly b: Region,
  ) {}

  /** Both services are ready. @param folder of the run, which holds all data */
  static async open(folder: string): Promise<TwoStacks> {
    let stacks: TwoStacks | null = null;
    try {
      // One after the other: two brokers that start at once are not ready in time where there are two cores.
      const [a, b] = [await Region.open('a'), await Region.open('b')];
      stacks = new TwoStacks(folder, a, b);
      await Promise.all([a.startService(b), b.startService(a)]);
      await Promise.all([a.service.ready(), b.service.ready()]);
      return stacks;
    } catch (error) {
      await (stacks?.close() ?? endRun(folder));
      throw error;
    }
  }

  get both(): readonly [Region, Region] {
    return [this.a, this.b];
  }

  other({ name }: Region): Region {
    return name === 'a' ? this.b : this.a;
  }

  of(name: RegionName): Region {
    return this[name];
  }

  async serverVersion(): Promise<string> {
    const [row] = await this.a.query<{ server_version: string }>('show server_version');
    return row!.server_version;
  }

  /** Ends everything; the folder goes too, unless it is wanted for a look at what went wrong. */
  async close(keep = false): Promise<void> {
    await Promise.all(this.both.map((region) => region.close()));
    if (keep) await Promise.all(this.both.map((region) => region.stopServers()));
    else await endRun(this.folder);
  }
}
