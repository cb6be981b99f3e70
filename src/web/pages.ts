import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../platform/config/config.js';
import { Problem } from '../platform/http/problems/problem.js';
import { Logger } from '../platform/observability/logger.js';
import { WEB_VARIABLES } from './web.variables.js';

/** Built beside the compiled service; from the sources, as tests run, the same place. */
const BUILT = join(import.meta.dirname, '../../dist/web/pages');
const PAGES = ['dashboard', 'clicker'] as const;
export type PageName = (typeof PAGES)[number];

/** A page loads what we serve and nothing else. Preact sets styles through the DOM, which no policy is needed for. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

interface Page {
  readonly tag: string;
  readonly plain: Buffer;
  /** Files by the name of their encoding. */
  readonly packed: Readonly<Record<string, Buffer>>;
}

/** The built pages: HTML from memory, what it loads from files whose names change with their content. */
@Injectable()
export class Pages implements OnModuleInit {
  private readonly pages = new Map<PageName, Page>();
  private readonly policies: Readonly<Record<PageName, string>>;

  constructor(
    private readonly adapter: HttpAdapterHost,
    private readonly logger: Logger,
    config: Config,
  ) {
    const framed = ["'self'", ...(config.of(WEB_VARIABLES).HEATMAP_FRAME_ORIGINS ?? [])];
    // The heat map reads here what it may frame: it is what the browser obeys.
    this.policies = { dashboard: `${POLICY}; frame-src ${framed.join(' ')}`, clicker: POLICY };
  }

  async onModuleInit(): Promise<void> {
    try {
      for (const name of PAGES) this.pages.set(name, await readPage(name));
    } catch (error) {
      this.logger.warn({ err: error }, 'the pages are not built: npm run build makes them');
      return;
    }
    // It is not awaited, because that would start the server before Nest has set its handlers.
    void this.adapter.httpAdapter.getInstance<FastifyInstance>().register(fastifyStatic, {
      root: join(BUILT, 'assets'),
      serve: false,
      preCompressed: true,
      immutable: true,
      maxAge: '365d',
      index: false,
    });
  }

  /** A file that a page loads, packed as the browser prefers. */
  sendAsset(file: string, reply: FastifyReply): void {
    if (this.pages.size === 0) reply.callNotFound();
    else reply.sendFile(file);
  }

  /** @throws Problem 404 when they are not built */
  send(name: PageName, { headers }: FastifyRequest, reply: FastifyReply): Buffer | undefined {
    const page = this.pages.get(name);
    if (!page) throw new Problem(404, 'not_found', 'The pages are not built: npm run build makes them.');
    void reply.headers({
      'content-security-policy': this.policies[name],
      'cache-control': 'no-cache',
      etag: page.tag,
      vary: 'Accept-Encoding',
    });
    if ((headers['if-none-match'] ?? '').split(',').some((tag) => tag.trim() === page.tag)) {
      void reply.status(304);
      return undefined;
    }
    void reply.type('text/html; charset=utf-8');
    const accepted = (headers['accept-encoding'] ?? '').split(',').map((one) => one.split(';')[0]!.trim());
    const encoding = ['br', 'gzip'].find((one) => accepted.includes(one));
    if (encoding === undefined) return page.plain;
    void reply.header('content-encoding', encoding);
    return page.packed[encoding];
  }
}

async function readPage(name: PageName): Promise<Page> {
  const file = join(BUILT, `${name}.html`);
  const [plain, br, gzip] = await Promise.all([file, `${file}.br`, `${file}.gz`].map((path) => readFile(path)));
  const tag = `W/"${createHash('sha256').update(plain!).digest('base64url').slice(0, 22)}"`;
  return { tag, plain: plain!, packed: { br: br!, gzip: gzip! } };
}
