import { decodeMessage, findCommand } from '../../../../../src/platform/pulsar/direct/codec/commands.js';
import { FrameReader } from '../../../../../src/platform/pulsar/direct/codec/frame-reader.js';
import { ProtobufReader } from '../../../../../src/platform/pulsar/direct/codec/protobuf-reader.js';
import { DeliveredEntry } from '../../../../../src/platform/pulsar/direct/consumer/delivered-entry.js';
import { EntryAcknowledgements } from '../../../../../src/platform/pulsar/direct/consumer/entry-acknowledgements.js';

const owner = { isCurrent: () => true, settle: () => undefined, flush: () => undefined };
const origin = { topic: 't', partition: -1, owner };
const LEDGER = 7;

/** As the broker reads it: a cumulative one is written `<=`. Of an individual one all entries, of which a decoder keeps the last. */
function commandsIn(frames: Buffer | null): string[] {
  const seen: string[] = [];
  const reader = new ProtobufReader();
  new FrameReader(1_000_000, (bytes, start, end) => {
    const place = findCommand(reader, bytes, start, end)!;
    const { ack_type, message_id } = decodeMessage('CommandAck', bytes, place.start, place.end)!;
    seen.push(`${ack_type === 1 ? '<=' : ''}${message_id!.ledger_id}:${message_id!.entry_id}`);
  }).push(frames ?? Buffer.alloc(0));
  return seen;
}

function failover(mostWaiting?: number) {
  const acknowledgements = new EntryAcknowledgements(1, true, mostWaiting);
  const arrive = (entry: number | bigint, ledger: number | bigint = LEDGER) => {
    const delivered = new DeliveredEntry(origin, { ledger, entry });
    acknowledgements.arrived(delivered);
    return delivered;
  };
  const settle = (entry: number | bigint, ledger?: number | bigint) => {
    acknowledgements.finish(arrive(entry, ledger));
    return commandsIn(acknowledgements.take());
  };
  return { acknowledgements, arrive, settle, confirm: (entry: number) => confirm(entry, LEDGER) };
  function confirm(entry: number, ledger: number) {
    acknowledgements.confirm({ ledger: BigInt(ledger), entry: BigInt(entry) });
  }
}

describe('Failover acknowledges', () => {
  it('cumulatively what follows without a hole on what the broker has acknowledged', () => {
    const { settle, confirm } = failover();
    confirm(-1);
    expect([settle(0), settle(1), settle(2)]).toEqual([['<=7:0'], ['<=7:1'], ['<=7:2']]);
  });

  it('nothing cumulatively while it is not known what is acknowledged', () => {
    const { settle, confirm, acknowledgements } = failover();
    expect([settle(4), settle(5)]).toEqual([['7:4'], ['7:5']]);
    expect(acknowledgements.interrupted).toBe(true);
    confirm(4);
    expect(acknowledgements.interrupted).toBe(false);
    expect(settle(6)).toEqual(['<=7:6']);
  });

  it('one by one behind an entry that did not come, until the broker has it acknowledged', () => {
    const { settle, confirm, acknowledgements } = failover();
    confirm(0);
    expect([settle(1), settle(3), settle(4)]).toEqual([['<=7:1'], ['7:3'], ['7:4']]);
    confirm(1);
    expect([settle(5), settle(8), settle(9)]).toEqual([['7:5'], ['7:8'], ['7:9']]);
    confirm(5); // up to the next hole
    expect(settle(10)).toEqual(['7:10']);
    confirm(8);
    expect(acknowledgements.interrupted).toBe(false);
    expect(settle(11)).toEqual(['<=7:11']);
  });

  it('both in one answer, the cumulative one first', () => {
    const { acknowledgements, arrive, confirm } = failover();
    confirm(0);
    for (const entry of [1, 2, 4].map((id) => arrive(id))) acknowledgements.finish(entry);
    expect(commandsIn(acknowledgements.take())).toEqual(['<=7:2', '7:4']);
    expect(acknowledgements.take()).toBeNull();
  });

  it('one by one in the next ledger, as nobody here knows where the last one ended', () => {
    const { settle, confirm, acknowledgements } = failover();
    confirm(0);
    expect([settle(1), settle(0, 9), settle(1, 9)]).toEqual([['<=7:1'], ['9:0'], ['9:1']]);
    acknowledgements.confirm({ ledger: 9n, entry: 0n });
    expect(settle(2, 9)).toEqual(['<=9:2']);
  });

  it('what comes again in front of its end, by no more than that end says', () => {
    const { settle, confirm } = failover();
    confirm(5);
    expect([settle(6), settle(7)]).toEqual([['<=7:6'], ['<=7:7']]);
    expect(settle(7)).toEqual(['<=7:7']);
    expect(settle(8)).toEqual(['<=7:8']);
  });

  it('entries beyond 2⁵³ as well', () => {
    const { settle, acknowledgements } = failover();
    acknowledgements.confirm({ ledger: 2n ** 60n, entry: 0n });
    expect([settle(1, 2n ** 60n), settle(3, 2n ** 60n)]).toEqual([
      ['<=1152921504606846976:1'],
      ['1152921504606846976:3'],
    ]);
  });

  it('not what is behind an unfinished one, unless that is too much to remember', () => {
    const { acknowledgements, arrive, settle, confirm } = failover(3);
    confirm(0);
    const unfinished = arrive(1);
    expect([settle(2), settle(3)]).toEqual([[], []]);
    expect(settle(4)).toEqual(['7:4']); // and with it 2 and 3
    expect([settle(5), settle(6)]).toEqual([[], []]);
    acknowledgements.finish(unfinished);
    expect(commandsIn(acknowledgements.take())).toEqual(['<=7:6']);
    expect(acknowledgements.interrupted).toBe(false);
  });
});
