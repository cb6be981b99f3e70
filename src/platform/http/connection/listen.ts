import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** This machine has no IPv6. */
const NO_IPV6 = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT']);

/**
 * Opens the service to clients. `localhost` is both loopback addresses: which of them a client tries first is its own
 * choice, and the resolver may know only one.
 *
 * @returns the one address to show
 */
export async function listen(app: NestFastifyApplication, host: string, port: number): Promise<string> {
  if (!/^localhost\.?$/i.test(host)) {
    await app.listen({ port, host });
    return (await app.getUrl()).replace('[::1]', 'localhost');
  }
  await app.listen({ port, host: '127.0.0.1' });
  const server = app.getHttpServer();
  const chosen = (server.address() as AddressInfo).port;
  // The connections become the HTTP server's own, with all its limits and its way to end them.
  const second = createServer({ allowHalfOpen: true, noDelay: true }, (socket: Socket) =>
    server.emit('connection', socket),
  );
  second.maxConnections = server.maxConnections;
  server.once('close', () => second.close());
  try {
    await once(second.listen({ port: chosen, host: '::1', ipv6Only: true }), 'listening');
  } catch (error) {
    if (!NO_IPV6.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
  return `http://localhost:${chosen}`;
}
