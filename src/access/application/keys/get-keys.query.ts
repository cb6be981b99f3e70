import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { KeyList } from '../answers/key.answer.js';
import { KeyStore } from './key-store.port.js';

/** All keys, without their secrets. */
export class GetKeysQuery extends Query<KeyList> {}

@QueryHandler(GetKeysQuery)
export class GetKeysHandler implements IQueryHandler<GetKeysQuery> {
  constructor(private readonly store: KeyStore) {}

  async execute(): Promise<KeyList> {
    return { keys: await this.store.list() };
  }
}
