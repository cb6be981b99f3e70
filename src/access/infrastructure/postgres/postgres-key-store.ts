import type { KeyView } from '../../application/answers/key.answer.js';
import type { AuditEntry } from '../../application/audit/audit-log.port.js';
import { KeyStore, type NewKey, type NewSecret, type StoredKey } from '../../application/keys/key-store.port.js';
import { ADD_KEY, LIST_KEYS, ONE_KEY, REVOKE_KEY, ROTATE_KEY } from './access.sql.js';
import { auditParameters } from './audit-parameters.js';
import type { Queryable } from './queryable.js';

type Times = 'created_at' | 'last_used' | 'rotated_at' | 'revoked_at';
type Row = Omit<KeyView, Times> & {
  readonly created_at: Date;
  readonly last_used: Date | null;
  readonly rotated_at: Date | null;
  readonly revoked_at: Date | null;
};

/** A key, its secrets and the entry in the audit log change in one statement. */
export class PostgresKeyStore extends KeyStore {
  constructor(private readonly connection: () => Queryable) {
    super();
  }

  async list(): Promise<readonly KeyView[]> {
    return (await this.connection().query<Row>(LIST_KEYS)).rows.map(shown);
  }

  async add({ id, role, name, secret }: NewKey, entry: AuditEntry): Promise<void> {
    const { digest, prefix, createdAt } = secret;
    const values = [...auditParameters(entry), id, role, name, new Date(createdAt), digest, prefix];
    await this.connection().query(ADD_KEY, values);
  }

  async rotate(id: string, secret: NewSecret, oldEndsAt: number, entry: AuditEntry): Promise<StoredKey | null> {
    const { digest, prefix, createdAt } = secret;
    const values = [...auditParameters(entry), id, new Date(createdAt), digest, prefix, new Date(oldEndsAt)];
    type Rotated = Omit<StoredKey, 'created_at'> & { readonly created_at: Date };
    const [row] = (await this.connection().query<Rotated>(ROTATE_KEY, values)).rows;
    return row ? { ...row, created_at: row.created_at.toISOString() } : null;
  }

  async revoke(id: string, entry: AuditEntry): Promise<KeyView | null> {
    await this.connection().query(REVOKE_KEY, [...auditParameters(entry), id]);
    const [row] = (await this.connection().query<Row>(ONE_KEY, [id])).rows;
    return row ? shown(row) : null;
  }
}

const shown = ({ id, role, name, prefix, created_at, last_used, rotated_at, revoked_at }: Row): KeyView => ({
  id,
  role,
  name,
  prefix,
  created_at: created_at.toISOString(),
  last_used: last_used?.toISOString() ?? null,
  rotated_at: rotated_at?.toISOString() ?? null,
  revoked_at: revoked_at?.toISOString() ?? null,
});
