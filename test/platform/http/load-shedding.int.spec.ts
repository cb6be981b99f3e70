import { Controller, Get } from '@nestjs/common';
import { Open } from '../../../src/platform/http/access/route-access.js';
import { eventually } from '../../support/waiting.js';
import { type SmallService, startSmallService } from './small-service.js';

const BUSY_MS = 700;

@Open()
@Controller()
class HelloController {
  @Get('hello')
  hello(): unknown {
    return { hello: true };
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
