import { LastSeenBounds, type StorageBounds } from '../../../../src/events/domain/counts/storage-bounds.js';

const at = (retentionFloor: number): StorageBounds => ({ retentionFloor, fineHorizon: retentionFloor });

describe('a question that is planned by the storage bounds', () => {
  /** Answers with the bounds in their order; the last ones stay. */
  const storage = (...bounds: StorageBounds[]) => {
    const put: number[] = [];
    return {
      put,
      answer: (start: number) => {
        put.push(start);
        return Promise.resolve({ bounds: bounds.length > 1 ? bounds.shift()! : bounds[0]!, answer: `from ${start}` });
      },
    };
  };
  /** From 100 on, or from the floor where that is later. */
  const plan = ({ retentionFloor }: StorageBounds) => Math.max(100, retentionFloor);

  it('is put once where the bounds change nothing', async () => {
    const { put, answer } = storage(at(50));
    expect(await new LastSeenBounds().ask(plan, answer)).toEqual({ plan: 100, bounds: at(50), answer: 'from 100' });
    expect(put).toEqual([100]);
  });

  it('is put again with the bounds of the snapshot where the plan is another one, and they are remembered', async () => {
    const { put, answer } = storage(at(200));
    const bounds = new LastSeenBounds();
    expect(await bounds.ask(plan, answer)).toEqual({ plan: 200, bounds: at(200), answer: 'from 200' });
    await bounds.ask(plan, answer);
    expect(put).toEqual([100, 200, 200]);
  });

  it('ends when they move all the time', async () => {
    const { put, answer } = storage(...Array.from({ length: 10 }, (_, n) => at(200 + n)));
    await expect(new LastSeenBounds().ask(plan, answer)).rejects.toThrow('moved 5 times');
    expect(put).toHaveLength(5);
  });

  it('fails as its plan fails', async () => {
    const { answer } = storage(at(200));
    const refusing = (bounds: StorageBounds) => {
      if (bounds.retentionFloor === 200) throw new RangeError('no longer kept');
      return plan(bounds);
    };
    await expect(new LastSeenBounds().ask(refusing, answer)).rejects.toThrow('no longer kept');
  });
});
