import { Canaries, formsOf } from './canaries.js';

describe('canaries', () => {
  const base64 = (text: string) => Buffer.from(text).toString('base64');

  it.each<[string, (secret: string) => string]>([
    ['as it is', (secret) => `token=${secret};`],
    ['cut at its end', (secret) => secret.slice(0, -3)],
    ['its random part alone', (secret) => secret.slice(-24)],
    ['in hexadecimal', (secret) => Buffer.from(`a${secret}b`).toString('hex')],
    ['in base64, wherever it begins', (secret) => base64(secret)],
    ['in base64, a byte later', (secret) => base64(`a${secret}:`)],
    ['in base64, two bytes later', (secret) => base64(`ab${secret}:x`)],
    ['in base64 of addresses', (secret) => Buffer.from(`abc${secret}`).toString('base64url')],
  ])('are found %s', (_, said) => {
    const canaries = new Canaries();
    const secret = canaries.make('API_TOKEN');
    const [, core] = /-(.{24})$/.exec(secret)!;
    canaries.add('half of it', secret, core!.slice(0, 12));
    canaries.look('logs', `before ${said(secret)} after`);
    expect(canaries.seen().hits).toContainEqual(expect.stringMatching(/^half of it in logs: ".*before/));
  });

  it('tell what was looked through, and nothing where there is nothing', () => {
    const canaries = new Canaries();
    const secret = canaries.make('ERASURE_KEY');
    expect(Buffer.byteLength(secret)).toBeGreaterThanOrEqual(32);
    canaries.look('logs', 'canary-of-erasure-key-');
    canaries.look('logs', 'nothing');
    canaries.look('answers', 'nothing');
    canaries.miss('a database that is gone');
    expect(canaries.seen()).toEqual({
      canaries: 1,
      looked: { logs: 29, answers: 7 },
      hits: [],
      missed: ['a database that is gone'],
    });
    const apart = canaries.apart();
    apart.look('logs', secret);
    expect(apart.seen()).toMatchObject({ canaries: 1, looked: { logs: secret.length }, missed: [] });
    expect(apart.seen().hits).toHaveLength(1);
    expect(canaries.seen().hits).toEqual([]);
  });

  it('are written in addresses and base64 as those write them', () => {
    expect(formsOf('a+b/ü')).toEqual(expect.arrayContaining(['a+b/ü', 'a%2Bb%2F%C3%BC', '612b622fc3bc']));
    expect(formsOf('???>>>')).toEqual(expect.arrayContaining(['Pz8/Pj4+', 'Pz8_Pj4-']));
  });
});
