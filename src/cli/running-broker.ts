import type { Config } from '../platform/config/config.js';
import { readRunning } from '../running-service.js';

/** No address is configured, and no service runs that has one. */
export class NoBroker extends Error {
  override readonly name = 'NoBroker';
}

/** A configured address wins; else that of the running `npm start`, which writes it down. @throws NoBroker */
export async function withRunningBroker(config: Config): Promise<Config> {
  if (config.settings.PULSAR_SERVICE_URL !== null) return config;
  const running = await readRunning(config.settings.DATA_DIR, (line) => void process.stdout.write(`${line}\n`));
  if (!running?.pulsar_service_url) {
    throw new NoBroker(
      'There is no Pulsar to publish to: run npm start in another terminal first, or set PULSAR_SERVICE_URL.',
    );
  }
  return config.with({ PULSAR_SERVICE_URL: running.pulsar_service_url, PULSAR_WEB_URL: running.pulsar_web_url });
}
