import type { OnModuleDestroy } from '@nestjs/common';
import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import { Agent, type Dispatcher } from 'undici';
import type { Config } from '../../../platform/config/config.js';
import {
  type FactsAsked,
  type FactsPage,
  OtherRegion,
  OtherRegionFailed,
} from '../../application/merging/other-region.port.js';
import type { Region } from '../../domain/region-list.js';
import { REGIONS_VARIABLES } from '../../regions.variables.js';
import { NoFactsPage, readFactsPage } from './facts-page.js';

/** Facts of a page: one transaction's worth. */
const PAGE_FACTS = 2_000;
const PAGE_TIMEOUT_MS = 30_000;
const REACH_TIMEOUT_MS = 2_000;
/** The values of a page are about 2 MB and the largest fact 0.1, before quotes and signs in them are escaped twice. */
const MAX_PAGE_BYTES = 16 * 1024 * 1024;
const ATTEMPTS = 3;

/** The other regions over HTTP. Redirects are not followed: the key is for the address that was configured. */
export class HttpOtherRegion extends OtherRegion implements OnModuleDestroy {
  private readonly agent = new Agent({ connections: 2, connect: { timeout: REACH_TIMEOUT_MS } });

  /** @param pageFacts facts of a page, at most */
  constructor(
    private readonly config: Config,
    private readonly pageFacts = PAGE_FACTS,
  ) {
    super();
  }

  /** What passes by itself is tried again. */
  facts(region: Region, { cursor, since }: FactsAsked, signal: AbortSignal): Promise<FactsPage> {
    const query = new URLSearchParams({ limit: String(this.pageFacts) });
    if (cursor !== null) query.set('cursor', cursor);
    if (since !== null) query.set('since', new Date(since).toISOString());
    const policy = retry(
      handleWhen((error) => error instanceof OtherRegionFailed && error.code === 'unreachable' && !signal.aborted),
      { maxAttempts: ATTEMPTS - 1, backoff: new ExponentialBackoff({ initialDelay: 250, maxDelay: 2_000 }) },
    );
    return policy.execute(async () => {
      const text = await this.get(region, `/regions/facts?${query.toString()}`, PAGE_TIMEOUT_MS, signal);
      try {
        return readFactsPage(text);
      } catch (error) {
        throw error instanceof NoFactsPage ? notUnderstood(region, error.message) : error;
      }
    }, signal);
  }

  async reach(region: Region, signal: AbortSignal): Promise<void> {
    await this.get(region, '/health/live', REACH_TIMEOUT_MS, signal);
  }

  async onModuleDestroy(): Promise<void> {
    await this.agent.destroy();
  }

  private async get(region: Region, path: string, timeoutMs: number, signal: AbortSignal): Promise<string> {
    const { origin, pathname } = new URL(region.url);
    const token = this.config.currentOf(REGIONS_VARIABLES, 'MERGE_TOKEN');
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    try {
      const { statusCode, body } = await this.agent.request({
        origin,
        path: pathname.replace(/\/+$/, '') + path,
        method: 'GET',
        headers: { accept: 'application/json', ...(token === null ? {} : { 'x-api-token': token }) },
        signal: deadline,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      });
      const text = await bounded(body, region);
      if (statusCode !== 200) throw refusal(region, statusCode);
      return text;
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof OtherRegionFailed) throw error;
      const { code = '', name, message } = error as NodeJS.ErrnoException;
      const why = name === 'TimeoutError' ? `no answer within ${timeoutMs / 1000} s` : message || code;
      throw new OtherRegionFailed('unreachable', `${region.name} (${region.url}) cannot be reached: ${why}`, {
        cause: error,
      });
    }
  }
}

async function bounded(body: Dispatcher.ResponseData['body'], region: Region): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_PAGE_BYTES) throw notUnderstood(region, `an answer above ${MAX_PAGE_BYTES / 1024 / 1024} MB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

const notUnderstood = ({ name, url }: Region, why: string) =>
  new OtherRegionFailed('not_understood', `${name} (${url}) is not understood: ${why}`);

function refusal(region: Region, status: number): OtherRegionFailed {
  const { name, url } = region;
  if (status === 401 || status === 403) {
    const fix = 'set MERGE_TOKEN or MERGE_TOKEN_FILE to a key of the role merge that it has';
    return new OtherRegionFailed('refused', `${name} (${url}) answers ${status}: ${fix}`);
  }
  if (status === 429 || status >= 500) {
    return new OtherRegionFailed('unreachable', `${name} (${url}) answers ${status}: it cannot serve now`);
  }
  return notUnderstood(region, `it answers ${status}; a release before regions answers 404`);
}
