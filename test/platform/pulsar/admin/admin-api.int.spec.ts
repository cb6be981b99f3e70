import { AdminApi } from '../../../../src/platform/pulsar/admin/admin-api.js';
import { ScriptedAdmin } from './scripted-admin.js';

describe('the REST API of the broker', () => {
  let broker: ScriptedAdmin;
  let other: ScriptedAdmin;
  let api: AdminApi;

  beforeEach(async () => {
    [broker, other] = await Promise.all([ScriptedAdmin.start(), ScriptedAdmin.start()]);
    api = new AdminApi({ url: broker.url, token: 'secret' });
  });
  afterEach(async () => {
    api.close();
    await Promise.all([broker.close(), other.close()]);
  });

  const redirect = (from: ScriptedAdmin, path: string, location: string) =>
    from.answers.set(path, (response) => response.writeHead(307, { location }).end());

  it('is asked over one connection, with the token', async () => {
    broker.json('/admin/a', { n: 1 });
    const answers = await Promise.all([api.get('/admin/a'), api.get('/admin/a?x=1'), api.get('/admin/a')]);
    answers.push(await api.get('/admin/a'));
    expect(answers).toEqual(Array(4).fill({ n: 1 }));
    expect(broker.connections).toBe(1);
    expect(new Set(broker.asked.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer secret']));
  });

  it('sends on to the broker that owns the topic, where the token is needed too', async () => {
    redirect(broker, '/admin/a', `${other.url}/admin/a?authoritative=true`);
    other.json('/admin/a', { owner: true });
    expect(await api.get('/admin/a')).toEqual({ owner: true });
    expect(other.asked).toEqual([{ path: '/admin/a?authoritative=true', authorization: 'Bearer secret' }]);
  });

  it('that sends on in a circle is given up', async () => {
    redirect(broker, '/admin/a', '/admin/a');
    await expect(api.get('/admin/a')).rejects.toThrow(/answered 307/);
    expect(broker.asked.length).toBeLessThan(6);
  });

  it.each([
    [401, '', /401: set PULSAR_TOKEN .* right to consume/],
    [
      403,
      '{"reason":"Unauthorized to validateTopicOperation"}',
      /403 \(Unauthorized .*\): give the role of PULSAR_TOKEN/,
    ],
    [404, '{"reason":"Topic not found"}', /404 \(Topic not found\): .*PULSAR_WEB_URL/],
    [500, '<html>', /answered 500$/],
    [200, '<html>', /is not Pulsar's HTTP address: set PULSAR_WEB_URL/],
  ])('that answers %i %s: the reason in words', async (status, body, expected) => {
    broker.answers.set('/admin/a', (response) => response.writeHead(status).end(body));
    await expect(api.get('/admin/a')).rejects.toThrow(expected);
    expect(await api.get('/admin/a').catch((error: Error) => error.message)).not.toContain('secret');
  });

  it('that is not there, does not answer, or breaks off: the reason in words, and the next question goes well', async () => {
    const nobody = new AdminApi({ url: 'http://127.0.0.1:1' });
    await expect(nobody.get('/admin/a')).rejects.toThrow(/127.0.0.1:1 cannot be asked .*: set PULSAR_WEB_URL/);
    broker.answers.set('/admin/silent', () => undefined);
    await expect(api.get('/admin/silent')).rejects.toThrow(/no answer within 3 s/);
    broker.answers.set('/admin/broken', (response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{');
      setImmediate(() => response.destroy());
    });
    await expect(api.get('/admin/broken')).rejects.toThrow(/cannot be asked/);
    broker.json('/admin/a', 1);
    expect(await api.get('/admin/a')).toBe(1);
  });

  it('that answers without an end is given up', async () => {
    let sent = 0;
    broker.answers.set('/admin/a', (response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, ' '))) sent += 65_536;
      };
      response.on('drain', more);
      more();
    });
    await expect(api.get('/admin/a')).rejects.toThrow(/above 8 MB/);
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  it('is not asked after close, and a question that waits ends', async () => {
    broker.answers.set('/admin/silent', () => api.close());
    await expect(api.get('/admin/silent')).rejects.toThrow(/cannot be asked|closed/);
    await expect(api.get('/admin/a')).rejects.toThrow('closed');
  });
});
