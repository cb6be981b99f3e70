import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LostBookie } from '../../../../src/platform/pulsar/embedded/lost-bookie.js';
import { temporaryFolder } from '../../../support/run-folder.js';

describe('a broker that does not find its bookie', () => {
  let log: string;

  beforeEach(async () => {
    log = join(await temporaryFolder('lost-bookie'), 'broker.log');
    await writeFile(log, 'starting\n');
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });
  });
  afterEach(() => jest.useRealTimers());

  /** Whether it was said to be lost at any time within so many seconds, asked often. */
  const lostWithin = async (seconds: number, isLost: () => Promise<boolean>) => {
    for (let second = 0; second < seconds; second += 1) {
      jest.advanceTimersByTime(1_000);
      if (await isLost()) return second + 1;
    }
    return null;
  };

  it('is given up 20 s after its log first says so, not before', async () => {
    const isLost = LostBookie.watch(log);
    expect(await lostWithin(10, isLost)).toBeNull();
    await appendFile(
      log,
      'Caused by: BKException$BKBookieHandleNotAvailableException: Bookie handle is not available\n',
    );
    expect(await lostWithin(19, isLost)).toBeNull();
    expect(await lostWithin(10, isLost)).toBeLessThanOrEqual(4);
  });

  it('is not taken for one that only starts slowly', async () => {
    expect(await lostWithin(200, LostBookie.watch(log))).toBeNull();
  });
});
