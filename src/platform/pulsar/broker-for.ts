import type { Config } from '../config/config.js';
import type { Logger } from '../observability/logger.js';
import { AbsentBroker } from './late/absent-broker.js';
import type { LateAddress } from './late/late-address.js';
import { LateBroker } from './late/late-broker.js';
import type { MessageBroker } from './message-broker.port.js';
import { openBroker } from './open-broker.js';

/** The broker of the configuration; where that has no address, one at `late` once it is known, or one that is never there. */
export function brokerFor(config: Config, log: Logger, late: LateAddress | null = null): Promise<MessageBroker> {
  const { settings, pulsarOff } = config;
  const { PULSAR_SERVICE_URL: serviceUrl, PULSAR_WEB_URL: webUrl } = settings;
  const open = (address: { serviceUrl: string; webUrl: string | null }) =>
    openBroker({
      serviceUrl: address.serviceUrl,
      webUrl: address.webUrl ?? undefined,
      token: () => config.current('PULSAR_TOKEN'),
      client: settings.PULSAR_CLIENT,
      caFile: settings.PULSAR_TLS_CA_FILE ?? undefined,
      log,
    });
  if (serviceUrl !== null) return open({ serviceUrl, webUrl });
  if (late !== null) return Promise.resolve(new LateBroker(late, open));
  return Promise.resolve(new AbsentBroker(pulsarOff ?? 'PULSAR_SERVICE_URL is not set'));
}
