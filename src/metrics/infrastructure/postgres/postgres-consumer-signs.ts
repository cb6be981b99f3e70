import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/postgres/database.js';
import { ConsumerSigns } from '../../application/consumer-signs.port.js';
import type { ConsumerSign } from '../../domain/freshness.js';

/** By PostgreSQL's clock, which also stamped the rows: the clocks of replicas differ. */
const READ = `
select topic, lag_ms::float8 as "lagMs", delayed::float8 as delayed, still_ms::float8 as "stillMs", unseen, problem,
  extract(epoch from now() - settled_until)::float8 * 1000 as "settledAgoMs", extract(epoch from now() - seen_at)::float8 * 1000 as "ageMs"
from consumer_progress`;

@Injectable()
export class PostgresConsumerSigns extends ConsumerSigns {
  constructor(private readonly database: Database) {
    super();
  }

  read(): Promise<readonly ConsumerSign[]> {
    return this.database.read<ConsumerSign>({ name: 'consumer-signs', text: READ });
  }
}
