import type { PulsarClient } from '../../../src/platform/pulsar/message-broker.port.js';
import { openBroker } from '../../../src/platform/pulsar/open-broker.js';

/** Nothing is connected before a subscription or a publisher is asked for, so no broker is needed. */
async function opened(serviceUrl: string, client: PulsarClient | null = null) {
  const lines: { fields: object; message: string }[] = [];
  const log = {
    info: (fields: object, message: string) => lines.push({ fields, message }),
    warn: (fields: object, message: string) => lines.push({ fields, message }),
  };
  const broker = await openBroker({ serviceUrl, client, token: 'secret', log });
  await broker.close();
  return { client: broker.client, lines };
}

describe('openBroker', () => {
  it('takes WebSocket for ws://, and says so once', async () => {
    const { client, lines } = await opened('ws://127.0.0.1:8080');
    expect(client).toBe('websocket');
    expect(lines).toEqual([
      {
        fields: {
          client: 'websocket',
          url: 'ws://127.0.0.1:8080',
          why: 'PULSAR_SERVICE_URL is a WebSocket address',
        },
        message: 'Pulsar client: WebSocket',
      },
    ]);
  });

  it("speaks Pulsar's own protocol for pulsar://, and says so once, without the token", async () => {
    const { client, lines } = await opened('pulsar://127.0.0.1:6650');
    expect(client).toBe('direct');
    expect(lines).toEqual([
      { fields: { client: 'direct', url: 'pulsar://127.0.0.1:6650' }, message: "Pulsar client: Pulsar's own protocol" },
    ]);
  });

  it('names the variable of a certificate file that is not there', async () => {
    const log = { info: () => undefined, warn: () => undefined };
    await expect(openBroker({ serviceUrl: 'wss://localhost', caFile: '/nowhere/ca.pem', log })).rejects.toThrow(
      'PULSAR_TLS_CA_FILE: /nowhere/ca.pem cannot be read',
    );
  });

  it('takes the client that is asked for', async () => {
    const direct = await opened('pulsar://127.0.0.1:6650', 'direct');
    expect(direct).toEqual({
      client: 'direct',
      lines: [
        {
          fields: { client: 'direct', url: 'pulsar://127.0.0.1:6650' },
          message: "Pulsar client: Pulsar's own protocol",
        },
      ],
    });
    const webSocket = await opened('pulsar://127.0.0.1:6650', 'websocket');
    expect(webSocket).toMatchObject({
      client: 'websocket',
      lines: [{ fields: { url: 'ws://127.0.0.1:8080', why: 'PULSAR_CLIENT says so' } }],
    });
  });

  it.each(['direct', 'native'] as const)('refuses %s for ws://, and names what can serve it', async (client) => {
    await expect(opened('ws://127.0.0.1:8080', client)).rejects.toThrow(
      `PULSAR_CLIENT=${client} speaks to pulsar:// and pulsar+ssl:// alone; for a ws:// address leave it out, or write websocket`,
    );
  });
});
