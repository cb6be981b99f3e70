import type { MessageValues } from '../codec/protocol.js';
import type { BrokerSession } from '../connection/broker-session.js';
import type { EntryId, SubscriptionPosition } from '../../message-broker.port.js';
import { compareEntries } from '../../message-id.js';

/** Asks by the protocol how far a consumer's subscription is; null: the broker tells nothing, now or ever. */
export async function toldPosition(
  session: BrokerSession,
  consumerId: number,
  partition: number,
): Promise<SubscriptionPosition | null> {
  try {
    const answer = await session.request('CommandGetLastMessageId', { consumer_id: consumerId });
    const { last_message_id: lastMessage, consumer_mark_delete_position: markDelete } = answer;
    if (!lastMessage || !markDelete) return null;
    const [last, settled] = [idOf(lastMessage), idOf(markDelete)];
    const told = { partition, last, settled, added: null, waiting: null, delayed: null };
    const heldBack = compareEntries(settled, last) < 0 ? 0n : await backlog(session, consumerId);
    return heldBack > 0n ? { ...told, heldBack } : told;
  } catch {
    return null; // the connection is lost, which its state says
  }
}

/** The position in front of the first entry is -1, which travels unsigned. */
export const idOf = ({ ledger_id: ledger = 0, entry_id: entry = 0 }: MessageValues<'MessageIdData'>): EntryId => ({
  ledger: BigInt.asIntN(64, BigInt(ledger)),
  entry: BigInt.asIntN(64, BigInt(entry)),
});

/**
 * While a transaction is open, the last message that the broker tells of is the one in front of it. Only the backlog counts what lies
 * behind, so this is asked where nothing else waits.
 */
async function backlog(session: BrokerSession, consumerId: number): Promise<bigint> {
  try {
    const { msg_backlog: count = 0 } = await session.request('CommandConsumerStats', { consumer_id: consumerId });
    return BigInt.asIntN(64, BigInt(count));
  } catch {
    return 0n; // a broker that does not know the question cannot be asked
  }
}
