import { Controller, Delete, Get, Param, Query } from '@nestjs/common';
import { Open } from '../../../src/platform/http/access/route-access.js';
import { askRaw, type SmallService, startSmallService } from './small-service.js';

@Open()
@Controller()
class PlaceController {
  @Get('places')
  list(@Query() query: unknown): unknown {
    return { query };
  }

  @Get('places/:id')
  one(@Param('id') id: string): unknown {
    return { id };
  }

  @Delete('places/:id')
  remove(): unknown {
    return {};
  }
}

/** Four bytes of UTF-8, so twelve characters in an address. */
const CHARACTER = '𐍈';

describe('addresses', () => {
  let service: SmallService;

  beforeAll(async () => (service = await startSmallService(PlaceController)));
  afterAll(() => service.app.close());

  const ask = async (start: string) => {
    const answer = await askRaw(service.port, `${start} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    return { ...answer, body: JSON.parse(answer.text || 'null') as Record<string, unknown> | null };
  };

  it.each([
    ['GET /places/', 200],
    ['GET /places/?a=b/', 200],
    ['HEAD /places/', 200],
    ['GET /places/7/', 200],
    ['GET /docs-json/', 200],
    ['POST /places/', 405],
    ['PUT /places/7/', 405],
    ['GET http://localhost/places/?a=b', 200],
    ['GET //places', 404],
    ['GET //places/', 404],
    ['GET /places//', 404],
    ['GET /places//7', 404],
    ['GET /nothing/', 404],
    ['GET /', 404],
    ['GET //', 404],
  ])('%s is %d', async (start, status) => {
    expect((await ask(start)).status).toBe(status);
  });

  it('one slash at the end changes nothing else', async () => {
    expect((await ask('GET /places/?a=b%2F&c=/')).body).toEqual({ query: { a: 'b/', c: '/' } });
    expect((await ask('GET /places/7%2F/')).body).toEqual({ id: '7/' });
    expect((await ask('GET /places/7%2F')).body).toEqual({ id: '7/' });
    expect((await ask('DELETE /places/')).headers.get('allow')).toBe('GET, HEAD');
    expect((await ask('PATCH /places/7/')).headers.get('allow')).toBe('DELETE, GET, HEAD');
  });

  it.each(['/docs', '/docs/'])('the pages of Swagger UI find their parts from %s', async (path) => {
    const html = await (await fetch(service.url + path)).text();
    const parts = [...html.matchAll(/(?:src|href)="(\.[^"]+\.(?:js|css))"/g)].map(([, part]) => part!);
    expect(parts.length).toBeGreaterThan(2);
    for (const part of parts) expect((await fetch(new URL(part, service.url + path))).status).toBe(200);
  });

  it('the longest page_url, user_id and session_id fit, whatever their characters', async () => {
    const sent = {
      page_url: CHARACTER.repeat(2048),
      user_id: CHARACTER.repeat(255),
      session_id: CHARACTER.repeat(255),
    };
    const response = await fetch(`${service.url}/places?${new URLSearchParams(sent).toString()}`);
    expect(await response.json()).toEqual({ query: sent });
  });

  it.each([CHARACTER, 'ñ', '/', '%', '?', 'x'])('the longest user_id fits in a path, were it all %s', async (one) => {
    const id = one.repeat(255);
    expect((await ask(`GET /places/${encodeURIComponent(id)}`)).body).toEqual({ id });
  });

  it('what is far longer than any id is 414', async () => {
    const { status, body, headers } = await ask(`GET /places/${'x'.repeat(5000)}`);
    expect([status, body?.code]).toEqual([414, 'uri_too_long']);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });
});
