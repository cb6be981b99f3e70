import { BIN_MS, newestClosedAt } from '../../src/live/domain/live-bin.js';
import { RecentBins } from '../../src/live/domain/recent-bins.js';
import { resumeFrames, stepFrames } from '../../src/live/rest/live-frames.js';

const NOON = Date.UTC(2026, 0, 1, 12);

describe('what a client gets that had stopped reading', () => {
  it('names as missing whatever closed after the tick that it was told last', () => {
    const recent = new RecentBins();
    const step = recent.take({ now: NOON, bins: [] });
    const [id] = /^id: \d+/.exec(stepFrames(step, NOON).toString())!;
    recent.take({ now: NOON + 300_000, bins: [] });
    const resumed = resumeFrames(recent, NOON + 300_000, NOON).toString();
    const gap = JSON.parse(/^event: gap\ndata: (.*)/.exec(resumed)![1]!) as { from: string; to: string };
    expect(id).toBe(`id: ${newestClosedAt(NOON)}`);
    expect(Date.parse(gap.from)).toBe(newestClosedAt(NOON) + BIN_MS);
    expect(Date.parse(gap.to)).toBe(NOON + 300_000);
  });
});
