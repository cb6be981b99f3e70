import type { ConsumerSign } from '../domain/freshness.js';

export abstract class ConsumerSigns {
  /** The last report of every consumer process of every replica. */
  abstract read(): Promise<readonly ConsumerSign[]>;
}
