import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { InvalidCursor } from '../../platform/opaque-cursor.js';
import type { ErasuresPage } from './answers/erasure.answer.js';
import { ErasureStore } from './erasure-store.port.js';

/** A page of the log of erasures for another region. It holds hashes and no user id. */
export class GetErasuresQuery extends Query<ErasuresPage> {
  constructor(
    /** The last hash that the other region has read; null: it begins with the first. */
    readonly cursor: string | null,
    readonly limit: number,
  ) {
    super();
  }
}

@QueryHandler(GetErasuresQuery)
export class GetErasuresHandler implements IQueryHandler<GetErasuresQuery> {
  constructor(private readonly store: ErasureStore) {}

  /** @throws {InvalidCursor} */
  async execute({ cursor, limit }: GetErasuresQuery): Promise<ErasuresPage> {
    if (cursor !== null && !/^[0-9a-f]{64}$/.test(cursor)) throw new InvalidCursor();
    const found = await this.store.page(cursor, limit + 1);
    const erasures = found.slice(0, limit);
    return {
      // This is read after the page, so that no hash of another key is in the page.
      key_fingerprint: await this.store.keyFingerprint(),
      erasures: erasures.map(({ person, idBytes, erasedAt }) => ({ person, id_bytes: idBytes, erased_at: erasedAt })),
      next_cursor: found.length > limit ? (erasures.at(-1)?.person ?? null) : null,
    };
  }
}
