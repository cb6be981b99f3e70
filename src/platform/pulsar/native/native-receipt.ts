import type { NativeConsumer, NativeMessageId } from './native-client.js';

/** Holds what acknowledging needs: the original id object (one rebuilt from bytes acknowledges nothing in a batch). */
export class Receipt {
  acknowledged = false;

  constructor(
    readonly consumer: NativeConsumer,
    readonly id: NativeMessageId,
    /** The name with `-partition-N`, because cumulative acknowledgement is by partition. */
    readonly partition: string,
    readonly bytes: number,
    /** The broker took a permit for each message of an encrypted batch, and the library gives one back. */
    readonly costsPermits: boolean,
  ) {}
}
