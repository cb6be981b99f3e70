import { WebSocketBroker } from '../../../../src/platform/pulsar/websocket/websocket-broker.js';
import { quietLogger } from '../../../support/application.js';
import { describeWithPulsar, testPulsar } from '../../../support/pulsar.js';
import { TcpProxy } from '../../../support/tcp-proxy.js';
import { brokerContract } from '../broker-contract.js';

async function openThroughProxy() {
  const { hostname, port } = new URL(testPulsar().webUrl);
  const proxy = await TcpProxy.to({ host: hostname, port: Number(port) });
  const broker = new WebSocketBroker({ webSocketUrl: `ws://127.0.0.1:${proxy.port}`, log: quietLogger });
  return {
    broker,
    interrupt: () => {
      proxy.cut();
      return Promise.resolve();
    },
    close: async () => {
      await broker.close();
      await proxy.close();
    },
  };
}

describeWithPulsar('Pulsar through WebSocket', () => {
  brokerContract(openThroughProxy);
});
