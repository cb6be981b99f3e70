import type { TrackedEvent } from '../../../src/events/domain/tracked-event.js';
import { type Append, AppendQueue } from '../../../src/events/infrastructure/postgres/recording/queue/append-queue.js';

const append = (rows: number, bytes = rows, deadline = 1_000): Append => ({
  events: Array.from({ length: rows }, () => ({}) as TrackedEvent),
  bytes,
  deadline,
  resolve: () => undefined,
  reject: () => undefined,
  late: null,
});

describe('what waits for a transaction', () => {
  let queue: AppendQueue;
  beforeEach(() => (queue = new AppendQueue()));
  const add = (...appends: Append[]) => {
    for (const one of appends) queue.add(one);
    return appends;
  };

  it('goes in the order in which it came, but appends of few events before those of many', () => {
    const [first, many, second, more, third] = add(append(1), append(11), append(10), append(500), append(2));
    expect([queue.length, queue.rows]).toEqual([5, 524]);
    expect(queue.take()).toEqual([first, second, third, many, more]);
    expect([queue.length, queue.rows, queue.bytes]).toEqual([0, 0, 0]);
  });

  it('keeps appends that wait for ever, those of a topic, in the order in which they came', () => {
    const [first, second] = add(append(11, 11, Infinity), append(1, 1, Infinity));
    expect(queue.take()).toEqual([first, second]);
    const [full, few, person] = add(append(1_999, 0, Infinity), append(2, 0, Infinity), append(1));
    expect(queue.rowsBefore(1)).toBe(1);
    expect(queue.take()).toEqual([person, full]);
    expect(queue.take()).toEqual([few]);
  });

  it('knows what goes before an append that comes now', () => {
    add(append(400), append(3), append(2));
    expect([queue.rowsBefore(1), queue.rowsBefore(10), queue.rowsBefore(11)]).toEqual([5, 5, 405]);
  });

  it('fills a transaction up to 2,000 rows or 1 MiB, and a larger append goes alone', () => {
    const [one, two, three] = add(append(1_000), append(1_000), append(1_000));
    expect(queue.take()).toEqual([one, two]);
    expect(queue.take()).toEqual([three]);
    const [heavy, beside] = add(append(20, 1024 * 1024), append(20, 1));
    expect(queue.take()).toEqual([heavy]);
    expect(queue.take()).toEqual([beside]);
    const [large] = add(append(5_000));
    expect(queue.take()).toEqual([large]);
    expect(queue.take()).toEqual([]);
  });

  it('of many that do not fit behind those of few nothing overtakes', () => {
    const [large, small, few] = add(append(1_999), append(11), append(2));
    expect(queue.take()).toEqual([few]);
    expect(queue.take()).toEqual([large]);
    expect(queue.take()).toEqual([small]);
  });

  it('is withdrawn once', () => {
    const [few, many] = add(append(1), append(50));
    expect([queue.withdraw(many!), queue.withdraw(many!)]).toEqual([true, false]);
    expect([queue.length, queue.rows, queue.rowsBefore(50)]).toEqual([1, 1, 1]);
    expect(queue.take()).toEqual([few]);
    expect(queue.withdraw(few!)).toBe(false);
  });
});
