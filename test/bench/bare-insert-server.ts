import { fastify } from 'fastify';
import { v7 } from 'uuid';
import { poolOf } from '../../src/platform/postgres/data-source.js';
import { INSERT_ONE, openSavedEvents, parametersOf } from './saved-events.js';

/** The bench compares with the barest service, one prepared INSERT a request, no validation, no projections. */
const { DATABASE_URL = '', PORT = '0' } = process.env;
const source = await openSavedEvents(DATABASE_URL);
const server = fastify();

interface Click {
  page_url: string;
  x: number;
  y: number;
}

server.post<{ Body: Click }>('/track', async ({ body }, reply) => {
  const event_id = v7();
  const event = {
    event_id,
    event_type: 'click',
    occurred_at: new Date(),
    user_id: null,
    session_id: null,
    page_url: body.page_url,
    x: body.x,
    y: body.y,
    amount: null,
    currency: null,
  };
  await poolOf(source).query({ ...INSERT_ONE, values: parametersOf(event) });
  return reply.status(201).send({ event_id });
});
server.get('/health/live', () => ({ status: 'ok' }));
await server.listen({ port: Number(PORT), host: '127.0.0.1' });
process.on('SIGTERM', () => process.exit(0));
