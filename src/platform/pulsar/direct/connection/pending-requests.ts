import { COMMANDS, type CommandName, type MessageValues } from '../codec/protocol.js';
import { ConnectionError } from '../../reconnect-delays.js';
import { serverError } from './broker-refusal.js';

const REQUEST_TIMEOUT_MS = 30_000;

/** Each request with what answers it, if not `CommandError`. */
const ANSWER_TO = {
  CommandPartitionedTopicMetadata: 'CommandPartitionedTopicMetadataResponse',
  CommandLookupTopic: 'CommandLookupTopicResponse',
  CommandSubscribe: 'CommandSuccess',
  CommandProducer: 'CommandProducerSuccess',
  CommandConsumerStats: 'CommandConsumerStatsResponse',
  CommandGetLastMessageId: 'CommandGetLastMessageIdResponse',
} as const satisfies Partial<Record<CommandName, CommandName>>;
export type Requests = typeof ANSWER_TO;
export type RequestValues<C extends keyof Requests> = Omit<MessageValues<C>, 'request_id'>;

/** Their names, by their commands' types. */
export const ANSWERS = new Map<number, CommandName>(
  [...Object.values(ANSWER_TO), 'CommandError' as const].map((name) => [COMMANDS[name], name]),
);

interface Pending {
  readonly answered: (values: Record<string, unknown>) => void;
  readonly failed: (error: ConnectionError) => void;
  readonly expects: CommandName;
}

/** The requests of one connection that the broker has not answered. */
export class PendingRequests {
  private readonly pending = new Map<number, Pending>();
  private last = 0;

  begin<C extends keyof Requests>(command: C): { requestId: number; answer: Promise<MessageValues<Requests[C]>> } {
    const requestId = ++this.last;
    const answer = new Promise<MessageValues<Requests[C]>>((resolve, reject) => {
      const late = `the broker did not answer ${command} within ${REQUEST_TIMEOUT_MS / 1000} s`;
      const deadline = setTimeout(() => {
        this.pending.delete(requestId);
        reject(new ConnectionError(late));
      }, REQUEST_TIMEOUT_MS);
      this.pending.set(requestId, {
        answered: (values) => {
          clearTimeout(deadline);
          resolve(values as MessageValues<Requests[C]>);
        },
        failed: (error) => {
          clearTimeout(deadline);
          reject(error);
        },
        expects: ANSWER_TO[command],
      });
    });
    return { requestId, answer };
  }

  /** @returns whether it answers one of them */
  answer(name: CommandName, values: Record<string, unknown>): boolean {
    const requestId = values.request_id as number;
    const pending = this.pending.get(requestId);
    if (!pending) return false;
    // Another producer of the name holds the place; the answer proper comes when it is ours.
    if (name === 'CommandProducerSuccess' && values.producer_ready === false) return true;
    this.pending.delete(requestId);
    if (name === pending.expects) pending.answered(values);
    else if (name === 'CommandError')
      pending.failed(serverError(values.error as number | undefined, values.message as string | undefined));
    else pending.failed(new ConnectionError(`the broker answered with ${name} instead of ${pending.expects}`));
    return true;
  }

  abandon(error: ConnectionError): void {
    for (const { failed } of this.pending.values()) failed(error);
    this.pending.clear();
  }
}
