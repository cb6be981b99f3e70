import fc from 'fast-check';
import { isolateRefused } from '../../src/events/infrastructure/postgres/recording/isolate-refused.js';

interface Row {
  readonly place: number;
  readonly bad: boolean;
}

const rowsWith = (bad: readonly boolean[]): Row[] => bad.map((isBad, place) => ({ place, bad: isBad }));

async function isolate(rows: readonly Row[], write: (rows: readonly Row[]) => void = () => undefined) {
  const attempts: (readonly Row[])[] = [];
  const verdicts = await isolateRefused<Row, string>(rows, {
    write: (some) => {
      attempts.push(some);
      write(some);
      const bad = some.find((row) => row.bad);
      return bad ? Promise.reject(new Error(`row ${bad.place}`)) : Promise.resolve(some.map(({ place }) => `${place}`));
    },
    refuse: (error) => {
      if ((error as Error).message === 'stopped') throw error;
      return (error as Error).message;
    },
  });
  return { verdicts, attempts };
}

describe('isolating rows that are refused', () => {
  it('refuses the bad and writes the others, each once, in lock order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 60 }), async (bad) => {
        const { verdicts, attempts } = await isolate(rowsWith(bad));
        expect(verdicts).toEqual(bad.map((isBad, place) => (isBad ? `row ${place}` : `${place}`)));
        const written = attempts.filter((some) => some.every((row) => !row.bad)).flat();
        expect(new Set(written).size).toBe(written.length);
        for (const some of attempts) expect([...some].sort((a, b) => a.place - b.place)).toEqual(some);
      }),
    );
  });

  it('one bad row of n costs at most ⌈log₂ n⌉ + 2 extra transactions', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 2000 }), fc.nat(), async (n, at) => {
        const { attempts } = await isolate(rowsWith(Array.from({ length: n }, (_, place) => place === at % n)));
        expect(attempts.length - 1).toBeLessThanOrEqual(Math.ceil(Math.log2(n)) + 2);
      }),
    );
  });

  it('writes all in the end where the error came and went', async () => {
    let once = true;
    const { verdicts } = await isolate(rowsWith([false, false, false, false]), () => {
      if (!once) return;
      once = false;
      throw new Error('too much at once');
    });
    expect(verdicts).toEqual(['0', '1', '2', '3']);
  });

  it('tries nothing more when the error is no row’s fault', async () => {
    let attempts = 0;
    const stopped = isolate(rowsWith([false, false, false]), () => {
      attempts += 1;
      throw new Error('stopped');
    });
    await expect(stopped).rejects.toThrow('stopped');
    expect(attempts).toBe(1);
  });
});
