import { Controller, Get, Post } from '@nestjs/common';
import { Open } from '../../../src/platform/http/access/route-access.js';
import { LoadShedding } from '../../../src/platform/http/shedding/load-shedding.js';
import { RouteIs } from '../../../src/platform/http/route-properties.js';
import { Overloaded } from '../../../src/platform/overloaded.js';
import { eventually } from '../../support/waiting.js';
import { answerOn, connectTo, type SmallService, startSmallService } from './small-service.js';

const BUSY_MS = 700;

@Open()
@Controller()
class HelloController {
  @Get('hello')
  hello(): unknown {
    return { hello: true };
  }

  @Post('boxes')
  @RouteIs({ roomFor: 'a box' })
  store(): unknown {
    return { stored: true };
  }

  @Get('health/live')
  live(): unknown {
    return { status: 'ok' };
  }
}

describe('an event loop that is late', () => {
  let service: SmallService;
  let busy: NodeJS.Timeout | null = null;
  beforeEach(async () => {
    service = await startSmallService(HelloController, { MAX_EVENT_LOOP_DELAY_MS: 200 });
  });
  afterEach(async () => {
    if (busy) clearInterval(busy);
    await service.app.close();
  });
  const ask = async (path: string) => {
    const { status, headers } = await fetch(service.url + path);
    return [status, headers.get('retry-after')];
  };

  it('lets nobody in but who asks how the service is; and all again when it has caught up', async () => {
    busy = setInterval(() => {
      const end = performance.now() + BUSY_MS;
      while (performance.now() < end);
    }, 1);
    await eventually(async () => (await ask('/hello'))[0] === 503, {
      within: 20_000,
      what: 'requests are turned away',
    });
    expect(await ask('/hello')).toEqual([503, '2']);
    expect(await ask('/health/live')).toEqual([200, null]);
    clearInterval(busy);
    await eventually(async () => (await ask('/hello'))[0] === 200, { within: 20_000, what: 'requests are let in' });
  }, 60_000);
});

describe('a route that needs room', () => {
  let service: SmallService;
  let full = true;
  beforeEach(async () => {
    service = await startSmallService(HelloController);
    full = true;
    service.app.get(LoadShedding).limit('a box', () => full, new Overloaded('No room for another box.'));
  });
  afterEach(() => service.app.close());
  const HEAD = 'POST /boxes HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n';

  it('turns requests away before their body has come, says when to ask again, and lets them in when there is room', async () => {
    const socket = await connectTo(service.port, HEAD);
    const { status, headers, text } = await answerOn(socket);
    expect([status, headers.get('retry-after')]).toEqual([503, '2']);
    expect(JSON.parse(text)).toMatchObject({ code: 'overloaded', detail: 'No room for another box.' });
    socket.destroy();

    full = false;
    const other = await connectTo(service.port, `${HEAD}{}`);
    expect((await answerOn(other)).status).toBe(201);
    other.destroy();
  });

  it('does not keep other routes from answering', async () => {
    expect((await fetch(`${service.url}/hello`)).status).toBe(200);
  });
});
