import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../platform/http/problems/problem.js';
import { Logger } from '../platform/observability/logger.js';

/** Built beside the compiled service; from the sources, as tests run, the same place. */
const BUILT = join(import.meta.dirname, '../../dist/web/tracker');
/** A site has a new tracker within the hour, and asks at most so often. */
const NEWEST_HOLDS = 'public, max-age=3600';
const FOR_EVER = 'public, max-age=31536000, immutable';

interface BuiltFile {
  readonly name: string;
  /** Its name while its content is this. */
  readonly immutable: string;
}

interface TrackerFile extends BuiltFile {
  readonly plain: Buffer;
  /** Files by the name of their encoding. */
  readonly packed: Readonly<Record<string, Buffer>>;
}

/**
 * The tracker, under a name that stays and one that changes with its content (`Content-Location` says it). Unlike
 * everything else here it is for pages of all origins: as a script, with `crossorigin` and `integrity`, and to `import`.
 */
@Injectable()
export class TrackerFiles implements OnModuleInit {
  /** Files by path. */
  private readonly files = new Map<string, TrackerFile>();

  constructor(private readonly logger: Logger) {}

  async onModuleInit(): Promise<void> {
    try {
      const built = JSON.parse(await readFile(join(BUILT, 'files.json'), 'utf8')) as BuiltFile[];
      for (const one of built) {
        const file = join(BUILT, one.name);
        const [plain, br, gzip] = await Promise.all([file, `${file}.br`, `${file}.gz`].map((path) => readFile(path)));
        const whole = { ...one, plain: plain!, packed: { br: br!, gzip: gzip! } };
        this.files.set(`/${one.name}`, whole).set(`/tracker/${one.immutable}`, whole);
      }
    } catch (error) {
      this.logger.warn({ err: error }, 'the tracker is not built: npm run build makes it');
    }
  }

  /** @throws Problem 404 */
  send({ url, headers }: FastifyRequest, reply: FastifyReply): Buffer | undefined {
    const path = url.split('?', 1)[0]!;
    const file = this.files.get(path);
    if (!file) throw new Problem(404, 'not_found', `There is no ${path}.`);
    const address = `/tracker/${file.immutable}`;
    const tag = `W/"${file.immutable}"`;
    void reply.headers({
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      'content-location': address,
      'cache-control': path === address ? FOR_EVER : NEWEST_HOLDS,
      etag: tag,
      vary: 'Accept-Encoding',
    });
    if ((headers['if-none-match'] ?? '').split(',').some((one) => one.trim() === tag)) {
      void reply.status(304);
      return undefined;
    }
    void reply.type('text/javascript; charset=utf-8');
    const accepted = (headers['accept-encoding'] ?? '').split(',').map((one) => one.split(';')[0]!.trim());
    const encoding = ['br', 'gzip'].find((one) => accepted.includes(one));
    if (encoding === undefined) return file.plain;
    void reply.header('content-encoding', encoding);
    return file.packed[encoding];
  }
}
