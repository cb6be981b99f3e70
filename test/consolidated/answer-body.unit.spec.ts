import { AnswerRoom, ROOM_BYTES } from '../../src/consolidated/application/answer-room.js';
import { AnswerBodies } from '../../src/consolidated/infrastructure/http/exchange/answer-body.js';

const MAX_BYTES = 2_000_000;

describe('the body of an answer', () => {
  let room: AnswerRoom;
  let bodies: AnswerBodies;
  beforeEach(() => {
    room = new AnswerRoom();
    bodies = new AnswerBodies(MAX_BYTES, room);
  });
  const bodyOf = (bytes: Buffer | string) => {
    const holding = bodies.holding();
    holding.add(Buffer.from(bytes));
    return holding;
  };
  it.each<[string, string, number]>([
    ['a character in ASCII one', 'abc', 3],
    ['a character beyond Latin-1 two, as all others beside it', 'ab😀', 8],
  ])('takes memory as a text: %s', (_, given, memory) => {
    const body = bodyOf(given);
    expect(room.bytes).toBe(Buffer.byteLength(given));
    expect(body.text()).toEqual({ text: given, memory });
    expect(room.bytes).toBe(memory);
    body.end();
    expect(room.bytes).toBe(0);
  });

  it('is no JSON if it is no UTF-8', () => {
    const body = bodyOf(Buffer.from('["\xff"]', 'latin1'));
    expect(() => body.text()).toThrow(expect.objectContaining({ reason: 'not_json' }) as Error);
    body.end();
    expect(room.bytes).toBe(0);
  });

  it('has a mark of the byte order that is none of its signs', () => {
    expect(bodyOf('\ufeff[1]').text().text).toBe('[1]');
  });

  it('is refused above its bound, and takes no room then', () => {
    const body = bodyOf(Buffer.alloc(MAX_BYTES));
    expect(() => body.add(Buffer.alloc(1))).toThrow('UPSTREAM_MAX_MB');
    body.end();
    body.end();
    expect(room.bytes).toBe(0);
  });

  it('is refused where all that are in memory leave no room for it, and others are not', () => {
    const held = Array.from({ length: ROOM_BYTES / MAX_BYTES }, () => bodyOf(Buffer.alloc(MAX_BYTES)));
    const late = bodies.holding();
    expect(() => late.add(Buffer.alloc(1))).toThrow('there is no room for another answer at the moment');
    late.end();
    held.pop()!.end();
    expect(room.bytes).toBe(ROOM_BYTES - MAX_BYTES);
    bodyOf('[]').end();
  });

  it('takes room once, for as long as any caller has what came of it', () => {
    const [one, other] = [{ bytes: 1_000 }, { bytes: 30 }];
    for (const answer of [one, one, other]) room.keep(answer);
    expect(room.bytes).toBe(1_030);
    room.letGo(one);
    expect(room.bytes).toBe(1_030);
    for (const answer of [one, other, other]) room.letGo(answer);
    expect(room.bytes).toBe(0);
  });
});
