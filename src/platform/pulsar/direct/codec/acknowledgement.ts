import { frameOf } from './commands.js';
import { ACK_TYPE, MESSAGES } from './protocol.js';

const ACK = MESSAGES.CommandAck;
const MESSAGE_ID = MESSAGES.MessageIdData;

export interface EntryId {
  readonly ledger: number | bigint;
  readonly entry: number | bigint;
}

/** One command for all the entries. Cumulative: one entry, which stands for all before it. */
export function encodeAcknowledgement(
  consumerId: number,
  type: keyof typeof ACK_TYPE,
  entries: readonly EntryId[],
): Buffer {
  return frameOf('CommandAck', (writer) => {
    writer.number(ACK.consumer_id[0], consumerId).number(ACK.ack_type[0], ACK_TYPE[type]);
    for (const { ledger, entry } of entries) {
      const start = writer.begin(ACK.message_id[0]);
      writer.number(MESSAGE_ID.ledger_id[0], ledger).number(MESSAGE_ID.entry_id[0], entry).end(start);
    }
  });
}
