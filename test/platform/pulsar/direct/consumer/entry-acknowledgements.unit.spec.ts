import { encodeAcknowledgement } from '../../../../../src/platform/pulsar/direct/codec/acknowledgement.js';
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
    expect([settle(1), settle(2, 8), settle(0, 9), settle(1, 9)]).toEqual([['<=7:1'], ['8:2'], ['9:0'], ['9:1']]);
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

  it('the chunks of a message with their last one', () => {
    const { acknowledgements, arrive, confirm } = failover();
    confirm(0);
    const chunks = [arrive(1), arrive(2)];
    const last = arrive(3);
    last.chunks = chunks;
    expect([acknowledgements.take(), acknowledgements.waiting]).toEqual([null, 3]);
    acknowledgements.finish(last);
    expect(commandsIn(acknowledgements.take())).toEqual(['<=7:3']);
    expect(acknowledgements.waiting).toBe(0);
  });

  it('all entries of its individual acknowledgement', () => {
    const { acknowledgements, arrive } = failover();
    const entries = [arrive(3), arrive(4)];
    for (const entry of entries) acknowledgements.finish(entry);
    expect(acknowledgements.take()).toEqual(encodeAcknowledgement(1, 'Individual', entries));
  });

  it('nothing of a connection that has ended, and begins anew on the next one', () => {
    const { acknowledgements, arrive, settle, confirm } = failover();
    confirm(0);
    expect([settle(1), settle(3)]).toEqual([['<=7:1'], ['7:3']]);
    acknowledgements.finish(arrive(4));
    acknowledgements.reset();
    expect([acknowledgements.take(), acknowledgements.waiting, acknowledgements.interrupted]).toEqual([null, 0, false]);
    expect(settle(2)).toEqual(['7:2']);
  });

  it('as far as the broker says, even where it takes back what it said', () => {
    const { settle, confirm } = failover();
    confirm(5);
    confirm(2);
    expect(settle(6)).toEqual(['<=7:6']);
  });

  it('to the end of what stands apart, where the broker is within that', () => {
    const { settle, confirm, acknowledgements } = failover();
    expect([settle(4), settle(5), settle(6)]).toEqual([['7:4'], ['7:5'], ['7:6']]);
    confirm(5);
    expect(acknowledgements.interrupted).toBe(false);
    expect(settle(7)).toEqual(['<=7:7']);
  });

  it('no further than the broker, where that is beyond what stands apart', () => {
    const { settle, confirm } = failover();
    expect([settle(4), settle(5)]).toEqual([['7:4'], ['7:5']]);
    confirm(8);
    expect(settle(9)).toEqual(['<=7:9']);
  });

  it('what has waited as long as the bound allows, and not before', () => {
    const { acknowledgements, arrive } = failover(2);
    arrive(1);
    acknowledgements.finish(arrive(2));
    expect([acknowledgements.take(), acknowledgements.waiting]).toEqual([null, 2]);
    arrive(3);
    expect(commandsIn(acknowledgements.take())).toEqual(['7:2']);
    expect(acknowledgements.waiting).toBe(2);
  });
});

describe('Shared acknowledges', () => {
  const shared = () => {
    const acknowledgements = new EntryAcknowledgements(1, false);
    const arrive = (entry: number) => {
      const delivered = new DeliveredEntry(origin, { ledger: LEDGER, entry });
      acknowledgements.arrived(delivered);
      return delivered;
    };
    return { acknowledgements, arrive };
  };

  it('each settled entry by itself, once, whatever came before it', () => {
    const { acknowledgements, arrive } = shared();
    const [first, second, third] = [arrive(1), arrive(2), arrive(3)] as const;
    expect(acknowledgements.take()).toBeNull();
    acknowledgements.finish(third);
    acknowledgements.finish(first);
    expect(acknowledgements.take()).toEqual(encodeAcknowledgement(1, 'Individual', [third, first]));
    expect(acknowledgements.take()).toBeNull();
    acknowledgements.finish(second);
    expect(acknowledgements.take()).toEqual(encodeAcknowledgement(1, 'Individual', [second]));
  });

  it('the chunks of a message with their last one', () => {
    const { acknowledgements, arrive } = shared();
    const [chunk, last] = [arrive(1), arrive(2)];
    last.chunks = [chunk];
    acknowledgements.finish(last);
    expect(acknowledgements.take()).toEqual(encodeAcknowledgement(1, 'Individual', [chunk, last]));
    expect(chunk.unsettled).toBe(0);
  });

  it('nothing of a connection that has ended, and keeps no order', () => {
    const { acknowledgements, arrive } = shared();
    acknowledgements.finish(arrive(1));
    expect([acknowledgements.waiting, acknowledgements.interrupted]).toEqual([0, false]);
    acknowledgements.reset();
    expect(acknowledgements.take()).toBeNull();
  });
});
