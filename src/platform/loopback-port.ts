import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

const LASTING_PORTS = { from: 20_000, to: 32_000 };
const LASTING_ATTEMPTS = 50;

/** `preferred` when nothing has it on 127.0.0.1, else a lasting one. */
export async function choosePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await canListen(preferred))) return preferred;
  return lastingPort();
}

/** A port of 127.0.0.1 that was free a moment ago. Another process can still take it: whoever binds it must be ready to ask again. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * A free port for a server that comes back to it, below the range that systems give out. In that range others would get it
 * while the server is down. Even a client that tries to reach it could, and would then be connected to itself.
 */
export async function lastingPort(): Promise<number> {
  for (let attempt = 1; attempt <= LASTING_ATTEMPTS; attempt++) {
    const port = randomInt(LASTING_PORTS.from, LASTING_PORTS.to);
    if (await canListen(port)) return port;
  }
  throw new Error(`No port from ${LASTING_PORTS.from} to ${LASTING_PORTS.to} is free on 127.0.0.1.`);
}

/** Whether a server could listen there on 127.0.0.1 now: neither another server has the port, nor an outgoing connection. */
export function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
