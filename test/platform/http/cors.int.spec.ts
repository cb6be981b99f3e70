import { Controller, Get, Post } from '@nestjs/common';
import { Open } from '../../../src/platform/http/access/route-access.js';
import { CorsOrigins } from '../../../src/platform/http/connection/cors-origins.js';
import { type SmallService, startSmallService } from './small-service.js';

@Open()
@Controller()
class StateController {
  @Get('state')
  state(): unknown {
    return { state: 1 };
  }

  @Post('state')
  change(): unknown {
    return { changed: true };
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
  const start = async (origins: string | null) => {
    service = await startSmallService(StateController, {
      CORS_ORIGINS: origins === null ? null : CorsOrigins.parse(origins),
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

  it.each(['*', 'null', 'panel.example', 'https://panel.example/', 'ftp://panel.example', `${PANEL},`])(
    '%s is no list of origins',
    async (text) => {
      await start(null);
      expect(() => CorsOrigins.parse(text)).toThrow('origins as browsers send them');
    },
  );
});
