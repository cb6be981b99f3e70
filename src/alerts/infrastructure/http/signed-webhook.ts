import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import { Injectable } from '@nestjs/common';
import { Client } from 'undici';
import { Clock } from '../../../platform/clock/clock.js';
import { Config } from '../../../platform/config/config.js';
import type { Networks } from '../../../platform/http/connection/networks.js';
import { untilAborted } from '../../../platform/until-aborted.js';
import { ALERTS_VARIABLES } from '../../alerts.variables.js';
import { type Message, NotDelivered, Webhook } from '../../application/delivery/webhook.port.js';
import { signatureOf } from '../../domain/signature.js';
import { isPublic } from './public-addresses.js';
import { type Address, Resolver } from './resolver.js';

/** The time of an attempt, from resolving the name to the whole head of the answer. */
const ATTEMPT_MS = 10_000;
const MAX_HEADER_BYTES = 16_384;

/**
 * Sends a POST by the Standard Webhooks scheme. The name is resolved once, every address that it has is checked, and the
 * connection goes to a checked address. So a name that means another machine a moment later leads nowhere else. Redirects
 * are not followed.
 */
@Injectable()
export class SignedWebhook extends Webhook {
  private readonly allowed: Networks | null;

  constructor(
    config: Config,
    private readonly resolver: Resolver,
    private readonly clock: Clock,
  ) {
    super();
    this.allowed = config.of(ALERTS_VARIABLES).WEBHOOK_ALLOW;
  }

  async send(url: string, message: Message, signal: AbortSignal): Promise<void> {
    const { hostname, host } = new URL(url);
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(ATTEMPT_MS)]);
    try {
      const address = await untilAborted(this.addressOf(hostname), inTime);
      await this.post(new URL(url), address, message, inTime);
    } catch (error) {
      if (error instanceof NotDelivered) throw error;
      const { name, code } = error as NodeJS.ErrnoException;
      const why = name === 'TimeoutError' ? `it did not answer within ${ATTEMPT_MS / 1000} s` : (code ?? name);
      throw new NotDelivered(`${host}: ${why}`, { cause: error });
    }
  }

  /** @throws {NotDelivered} when any of its addresses is private and not allowed */
  private async addressOf(hostname: string): Promise<Address> {
    const literal = hostname.replace(/^\[|\]$/g, '');
    const family = isIP(literal);
    const addresses = family === 0 ? await this.resolver.resolve(hostname) : [{ address: literal, family }];
    const refused = addresses.find((one) => !isPublic(one) && !this.allowed?.has(one.address));
    if (refused) throw new NotDelivered(`${hostname} is a private address: WEBHOOK_ALLOW does not hold it`);
    const [first] = addresses;
    if (!first) throw new NotDelivered(`${hostname} has no address`);
    return first;
  }

  private async post(url: URL, pinned: Address, { id, body, secret }: Message, signal: AbortSignal): Promise<void> {
    const lookup: LookupFunction = (_name, options, found) => {
      if (options.all) found(null, [{ address: pinned.address, family: pinned.family }]);
      else found(null, pinned.address, pinned.family);
    };
    const client = new Client(url.origin, { connect: { lookup }, maxHeaderSize: MAX_HEADER_BYTES });
    const at = Math.floor(this.clock.now() / 1000);
    try {
      const { statusCode, body: answer } = await client.request({
        method: 'POST',
        path: url.pathname + url.search,
        headers: {
          'content-type': 'application/json',
          'user-agent': 'monitoreo',
          'webhook-id': id,
          'webhook-timestamp': String(at),
          'webhook-signature': signatureOf(secret, id, at, body),
        },
        body,
        signal,
      });
      answer.on('error', () => undefined); // it is cut off below
      if (statusCode < 200 || statusCode > 299) throw new NotDelivered(`${url.host} answered ${statusCode}`);
    } finally {
      // Only the status matters; the rest of the answer may have no end.
      await client.destroy();
    }
  }
}
