import { Controller, Get, Post } from '@nestjs/common';
import type { Settings } from '../../../src/platform/config/variables.js';
import { NeedsKey, Open, OpenWrite } from '../../../src/platform/http/access/route-access.js';
import { CorsOrigins } from '../../../src/platform/http/connection/cors-origins.js';
import { RouteIs } from '../../../src/platform/http/route-properties.js';
import { askRaw, type SmallService, startSmallService } from './small-service.js';

@Controller()
class StateController {
  @Open()
  @Get('state')
  state(): unknown {
    return { state: 1 };
  }

  @Open()
  @Post('state')
  change(): unknown {
    return { changed: true };
  }

  @Open()
  @Get('vote')
  votes(): unknown {
    return { votes: 1 };
  }

  @OpenWrite()
  @Post('vote')
  @RouteIs({ foreignOrigins: 'always' })
  vote(): unknown {
    return { voted: true };
  }

  @NeedsKey('ingest-public')
  @Post('track')
  @RouteIs({ foreignOrigins: 'with-keys' })
  track(): unknown {
    return { tracked: true };
  }
}

const PANEL = 'https://panel.example';

describe('pages of other origins', () => {
  let service: SmallService;
  const ask = async (method: string, origin: string, more: Record<string, string> = {}, path = '/state') => {
    const { status, headers } = await fetch(service.url + path, { method, headers: { origin, ...more } });
    const shown = Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-')));
    return { status, ...shown };
  };
  const start = async (origins: string | null, settings: Partial<Settings> = {}) => {
    service = await startSmallService(StateController, {
      CORS_ORIGINS: origins === null ? null : CorsOrigins.parse(origins),
      ...settings,
    });
  };
  afterEach(() => service.app.close());
  const preflight = { 'access-control-request-method': 'POST' };

  it('of the list may ask and change, without the cookie; no other may', async () => {
    await start(`${PANEL},http://localhost:3000`);
    expect(await ask('GET', PANEL)).toMatchObject({ status: 200, 'access-control-allow-origin': PANEL });
    expect(await ask('POST', PANEL)).toMatchObject({ status: 201, 'access-control-allow-origin': PANEL });
    expect(await ask('OPTIONS', PANEL, preflight)).toMatchObject({
      status: 204,
      'access-control-allow-origin': PANEL,
      'access-control-allow-methods': 'GET, HEAD, POST',
    });
    expect(JSON.stringify(await ask('OPTIONS', PANEL, preflight))).not.toContain('credentials');
    for (const origin of ['https://panel.example.evil', 'http://panel.example', 'https://evil.example', 'null']) {
      expect(await ask('GET', origin)).toEqual({ status: 200 });
      expect(await ask('POST', origin)).toEqual({ status: 403 });
      expect(await ask('OPTIONS', origin, preflight)).toEqual({ status: 405 });
    }
  });

  it('what is no preflight, or for no address, is answered as ever', async () => {
    await start(PANEL);
    expect((await ask('OPTIONS', PANEL)).status).toBe(405);
    expect((await ask('OPTIONS', PANEL, preflight, '/nothing')).status).toBe(404);
  });

  it('without a list none may', async () => {
    await start(null);
    expect(await ask('GET', PANEL)).toEqual({ status: 200 });
    expect(await ask('POST', PANEL)).toEqual({ status: 403 });
    expect(await ask('OPTIONS', PANEL, preflight)).toEqual({ status: 405 });
  });

  describe('and what pages send of clicks', () => {
    const any = { 'access-control-allow-origin': '*' };
    const SHOP = 'https://shop.example';

    it('of every origin, and of that nothing else; without the cookie', async () => {
      await start(null, { API_TOKEN: 'good' });
      for (const origin of [SHOP, 'null']) {
        expect(await ask('POST', origin, {}, '/vote')).toMatchObject({ status: 201, ...any });
        const allowed = await ask('OPTIONS', origin, preflight, '/vote');
        expect(allowed).toMatchObject({ status: 204, ...any, 'access-control-allow-methods': 'POST' });
        expect(JSON.stringify(allowed)).not.toContain('credentials');
        expect(await ask('GET', origin, {}, '/vote')).toEqual({ status: 200 });
        expect(await ask('POST', origin)).toEqual({ status: 403 });
        expect(await ask('OPTIONS', origin, preflight)).toEqual({ status: 405 });
      }
    });

    it('of the origins of TRACKER_ORIGINS alone where it names some', async () => {
      await start(PANEL, { TRACKER_ORIGINS: SHOP });
      expect(await ask('POST', SHOP, {}, '/vote')).toMatchObject({ status: 201, 'access-control-allow-origin': SHOP });
      expect(await ask('POST', PANEL, {}, '/vote')).toMatchObject({
        status: 201,
        'access-control-allow-origin': PANEL,
      });
      expect(await ask('POST', SHOP)).toEqual({ status: 403 });
      for (const origin of ['https://evil.example', 'null']) {
        expect(await ask('POST', origin, {}, '/vote')).toEqual({ status: 403 });
        expect(await ask('OPTIONS', origin, preflight, '/vote')).toEqual({ status: 405 });
      }
    });

    it('while no key exists only where that is what the route is there for: all else is open to this machine alone', async () => {
      await start(null);
      expect(await ask('POST', SHOP, {}, '/vote')).toMatchObject({ status: 201, ...any });
      expect(await ask('POST', SHOP, {}, '/track')).toEqual({ status: 403 });
      expect(await ask('OPTIONS', SHOP, preflight, '/track')).toEqual({ status: 405 });
    });

    it('or of origins that are named, or where the operator says that others may come', async () => {
      await start(null, { TRACKER_ORIGINS: SHOP });
      expect(await ask('POST', SHOP, {}, '/track')).toMatchObject({ status: 201, 'access-control-allow-origin': SHOP });
      await service.app.close();
      await start(null, { ALLOW_ANONYMOUS: true });
      expect(await ask('POST', SHOP, {}, '/track')).toMatchObject({ status: 201, ...any });
    });

    it('where a key is asked for: with that key, and a refusal can be read', async () => {
      await start(null, { API_TOKEN: 'good' });
      expect(await ask('OPTIONS', SHOP, preflight, '/track')).toMatchObject({ status: 204, ...any });
      expect(await ask('POST', SHOP, {}, '/track')).toMatchObject({ status: 401, ...any });
      expect(await ask('POST', SHOP, { 'x-api-token': 'good' }, '/track')).toMatchObject({ status: 201, ...any });
    });

    it('a name of others for this machine gets no preflight either', async () => {
      await start(null);
      const answer = await askRaw(
        service.port,
        `OPTIONS /vote HTTP/1.1\r\nHost: evil.example\r\nOrigin: ${SHOP}\r\nAccess-Control-Request-Method: POST\r\n\r\n`,
      );
      expect(answer.status).toBe(403);
    });
  });

  it.each(['*', 'null', 'panel.example', 'https://panel.example/', 'ftp://panel.example', `${PANEL},`])(
    '%s is no list of origins',
    async (text) => {
      await start(null);
      expect(() => CorsOrigins.parse(text)).toThrow('origins as browsers send them');
    },
  );
});
