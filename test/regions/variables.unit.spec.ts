import { loadConfig } from '../../src/platform/config/config.js';
import { REGIONS_VARIABLES } from '../../src/regions/regions.variables.js';
import * as catalogue from '../../src/slices.js';

const load = (environment: Record<string, string>) =>
  loadConfig(Object.values(catalogue), environment).of(REGIONS_VARIABLES);

describe('the variables of regions', () => {
  it('name the others, by https or on this machine', () => {
    const { REGIONS } = load({ REGIONS: 'b=https://b.example/, c=http://127.0.0.1:8083,d=http://[::1]:1/x/' });
    expect(REGIONS!.all).toEqual([
      { name: 'b', url: 'https://b.example' },
      { name: 'c', url: 'http://127.0.0.1:8083' },
      { name: 'd', url: 'http://[::1]:1/x' },
    ]);
    expect(REGIONS!.find('c')!.url).toBe('http://127.0.0.1:8083');
    expect(REGIONS!.find('nowhere')).toBeNull();
  });

  it.each([
    [{ REGIONS: 'b' }, /REGIONS must be name=url/],
    [{ REGIONS: 'b=http://b.example' }, /https addresses, or http to this machine/],
    [{ REGIONS: 'b=http://127.0.0.1.evil.example' }, /https addresses, or http to this machine/],
    [{ REGIONS: 'b=ftp://127.0.0.1' }, /https addresses/],
    [{ REGIONS: 'b=https://u:p@b.example' }, /without user, password/],
    [{ REGIONS: 'b=https://b.example?x=1' }, /without user, password/],
    [{ REGIONS: 'b=https://b.example,b=https://c.example' }, /regions of different names/],
    [{ REGIONS: 'a b=https://b.example' }, /letters, digits/],
    [{ REGION: 'a/b' }, /REGION must be a name of letters/],
    [{ REGION: 'b', REGIONS: 'b=https://b.example' }, /b is this one by REGION/],
    [{ MERGE_EVERY: '5' }, /REGIONS must be set because MERGE_EVERY is/],
    [{ MERGE_EVERY: '0', REGIONS: 'b=https://b.example' }, /MERGE_EVERY must be a whole number from 1/],
    [{ CONSUME: 'some' }, /CONSUME must be one of all, local/],
  ])('%j is refused', (environment, says) => {
    expect(() => load(environment as Record<string, string>)).toThrow(says);
  });
});
