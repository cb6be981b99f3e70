/** Says why, and names nothing of the address but its host. */
export class NotDelivered extends Error {
  override readonly name = 'NotDelivered';
}

export interface Message {
  readonly id: string;
  readonly body: string;
  readonly secret: string;
}

export abstract class Webhook {
  /** Resolves when the receiver has it. @throws {NotDelivered} */
  abstract send(url: string, message: Message, signal: AbortSignal): Promise<void>;
}
