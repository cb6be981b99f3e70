import { DirectBroker } from '../../../../src/platform/pulsar/direct/direct-broker.js';
import { quietLogger } from '../../../support/application.js';
import { describeWithPulsar, testPulsar, unload } from '../../../support/pulsar.js';
import { brokerContract } from '../broker-contract.js';

const openDirect = () => DirectBroker.open({ ...testPulsar(), log: quietLogger });

describeWithPulsar('Pulsar by its own protocol', () => {
  brokerContract(async () => {
    const broker = await openDirect();
    return {
      broker,
      // The broker names its own address, past any proxy: let the broker break it.
      interrupt: (topic) => unload(topic),
      close: () => broker.close(),
    };
  });
});
