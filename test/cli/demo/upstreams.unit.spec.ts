import { parseUpstreamsOptions } from '../../../src/cli/demo/upstreams.js';
import { sampleData } from '../../../src/cli/demo/upstreams/sample-data.js';

describe('the stand-ins of the demo', () => {
  it.each([1, 2, 987_654_321])('serve data of the same totals whatever the seed: %p', (seed) => {
    const { users, accounts, posts } = sampleData(seed);
    const total = (field: 'views' | 'likes' | 'totalInteractions') => posts.reduce((sum, post) => sum + post[field], 0);
    expect([users.length, accounts.length, posts.length]).toEqual([10, 25, 150]);
    expect([total('views'), total('likes'), total('totalInteractions')]).toEqual([5_000_000, 450_000, 550_000]);
    expect(posts.every(({ views, likes, engagement }) => views > 0 && likes > 0 && engagement > 0)).toBe(true);
    expect(sampleData(seed)).toEqual(sampleData(seed));
  });

  it('differ by the seed', () => {
    expect(sampleData(1).posts).not.toEqual(sampleData(2).posts);
  });

  it('take their options', () => {
    expect(parseUpstreamsOptions([])).toEqual({ ports: [8081, 3000, 8000, 8080], seed: 1, faults: new Map() });
    const given = ['--ports', '0,0,0,0', '--seed', '7', '--fault', '3=hang', '--fault', '1=error'];
    expect(parseUpstreamsOptions(given)).toEqual({
      ports: [0, 0, 0, 0],
      seed: 7,
      faults: new Map([
        [3, 'hang'],
        [1, 'error'],
      ]),
    });
  });

  it('say all that is wrong with them', () => {
    const wrong = () =>
      parseUpstreamsOptions(['--ports', '1,2', '--seed', '1x', '--fault', '5=hang', '--fault', '1=x']);
    expect(wrong).toThrow(/--ports[^]*--seed[^]*--fault[^]*--fault/);
    expect(() => parseUpstreamsOptions(['--port', '1'])).toThrow('--port');
  });
});
