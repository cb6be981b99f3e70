import type { OnModuleDestroy } from '@nestjs/common';
import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import { Agent, type Dispatcher } from 'undici';
import type { Clock } from '../../../platform/clock/clock.js';
import type { Config } from '../../../platform/config/config.js';
import { GatheredBytes } from '../../../platform/http/bodies/gathered-bytes.js';
import type { ErasuresPage } from '../../../people/application/answers/erasure.answer.js';
import {
  type FactsAsked,
  type FactsPage,
  OtherRegion,
  OtherRegionFailed,
} from '../../application/merging/other-region.port.js';
import type { Region } from '../../domain/region-list.js';
import { REGIONS_VARIABLES } from '../../regions.variables.js';
import { NoErasuresPage, PAGE_ERASURES, readErasuresPage } from './erasures-page.js';
import { NoFactsPage, readFactsPage } from './facts-page.js';
import { isTooDense, TOO_DENSE } from './page-parts.js';

/** Facts of a page: as many as one transaction writes. */
const PAGE_FACTS = 2_000;
const PAGE_TIMEOUT_MS = 30_000;
const REACH_TIMEOUT_MS = 2_000;
/** The values of a page are about 2 MB, and the largest fact is 0.1 MB, before their quotes and signs are escaped twice. */
const MAX_PAGE_BYTES = 16 * 1024 * 1024;
const ATTEMPTS = 3;

const NOBODY_ERASED: ErasuresPage = { key_fingerprint: null, erasures: [], next_cursor: null };

/** Asks the other regions over HTTP. It does not follow redirects, because the key is for the address that was configured. */
export class HttpOtherRegion extends OtherRegion implements OnModuleDestroy {
  private readonly agent = new Agent({ connections: 2, connect: { timeout: REACH_TIMEOUT_MS } });

  /** @param pageFacts the most facts of a page */
  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly pageFacts = PAGE_FACTS,
  ) {
    super();
  }

  facts(region: Region, { cursor, since }: FactsAsked, signal: AbortSignal): Promise<FactsPage> {
    const query = new URLSearchParams({ limit: String(this.pageFacts) });
    if (cursor !== null) query.set('cursor', cursor);
    if (since !== null) query.set('since', new Date(since).toISOString());
    return patiently(signal, async () => {
      const json = await this.get(region, `/regions/facts?${query.toString()}`, PAGE_TIMEOUT_MS, signal);
      try {
        return goesOn(region, cursor, readFactsPage(json));
      } catch (error) {
        throw error instanceof NoFactsPage ? notUnderstood(region, error.message) : error;
      }
    });
  }

  erasures(region: Region, cursor: string | null, signal: AbortSignal): Promise<ErasuresPage> {
    const query = new URLSearchParams({ limit: String(PAGE_ERASURES), ...(cursor === null ? {} : { cursor }) });
    return patiently(signal, async () => {
      try {
        const json = await this.get(region, `/regions/erasures?${query.toString()}`, PAGE_TIMEOUT_MS, signal);
        return goesOn(region, cursor, readErasuresPage(parsed(json, region), this.clock.now()));
      } catch (error) {
        if (error instanceof NotThere) return NOBODY_ERASED;
        throw error instanceof NoErasuresPage ? notUnderstood(region, error.message) : error;
      }
    });
  }

  async reach(region: Region, signal: AbortSignal): Promise<void> {
    await this.get(region, '/health/live', REACH_TIMEOUT_MS, signal);
  }

  async onModuleDestroy(): Promise<void> {
    await this.agent.destroy();
  }

  private async get(region: Region, path: string, timeoutMs: number, signal: AbortSignal): Promise<Buffer> {
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
      const answer = await bounded(body, region);
      if (statusCode !== 200) throw refusal(region, statusCode);
      return answer;
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

/** A failure that passes by itself is tried again. */
function patiently<T>(signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
  const policy = retry(
    handleWhen((error) => error instanceof OtherRegionFailed && error.code === 'unreachable' && !signal.aborted),
    { maxAttempts: ATTEMPTS - 1, backoff: new ExponentialBackoff({ initialDelay: 250, maxDelay: 2_000 }) },
  );
  return policy.execute(ask, signal);
}

/** An older release does not have what was asked for. */
class NotThere extends OtherRegionFailed {}

async function bounded(body: Dispatcher.ResponseData['body'], region: Region): Promise<Buffer> {
  const answer = new GatheredBytes(MAX_PAGE_BYTES);
  for await (const part of body as AsyncIterable<Buffer>) {
    if (answer.length + part.length > MAX_PAGE_BYTES)
      throw notUnderstood(region, `an answer above ${MAX_PAGE_BYTES / 1024 / 1024} MB`);
    answer.add(part);
  }
  return answer.bytes;
}

function parsed(json: Buffer, region: Region): unknown {
  if (isTooDense(json)) throw notUnderstood(region, TOO_DENSE);
  try {
    return JSON.parse(json.toString());
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw notUnderstood(region, 'its answer is no JSON');
  }
}

/** Whoever follows a cursor that names its own page never comes to an end. */
function goesOn<Page extends { readonly next_cursor: string | null }>(
  region: Region,
  cursor: string | null,
  page: Page,
) {
  if (cursor === null || page.next_cursor !== cursor) return page;
  throw notUnderstood(region, 'the cursor of its next page is that of the page itself');
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
  if (status === 404) {
    const why = 'it answers 404, as a release before regions does';
    return new NotThere('not_understood', `${name} (${url}) is not understood: ${why}`);
  }
  return notUnderstood(region, `it answers ${status}`);
}
