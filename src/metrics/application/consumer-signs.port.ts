import type { ConsumerSign } from '../domain/freshness.js';

export abstract class ConsumerSigns {
  /** What every consumer process of every replica said last. */
  abstract read(): Promise<readonly ConsumerSign[]>;
}
