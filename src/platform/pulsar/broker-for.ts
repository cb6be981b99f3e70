import type { Config } from '../config/config.js';
import type { Logger } from '../observability/logger.js';
import { AbsentBroker } from './absent-broker.js';
import type { MessageBroker } from './message-broker.port.js';
import { openBroker } from './open-broker.js';

/** The broker of the configuration; one that is never there when no address is known. */
export function brokerFor({ settings, pulsarOff }: Config, log: Logger): Promise<MessageBroker> {
  const {
    PULSAR_SERVICE_URL: serviceUrl,
    PULSAR_WEB_URL: webUrl,
    PULSAR_TOKEN: token,
    PULSAR_TLS_CA_FILE: caFile,
  } = settings;
  if (serviceUrl === null) return Promise.resolve(new AbsentBroker(pulsarOff ?? 'PULSAR_SERVICE_URL is not set'));
  return openBroker({
    serviceUrl,
    webUrl: webUrl ?? undefined,
    token: token ?? undefined,
    caFile: caFile ?? undefined,
    log,
  });
}
