import { Admission } from '../../../src/events/infrastructure/postgres/recording/queue/admission.js';
import { type Append, AppendQueue } from '../../../src/events/infrastructure/postgres/recording/queue/append-queue.js';
import { WritePace } from '../../../src/events/infrastructure/postgres/recording/queue/write-pace.js';
import type { TrackedEvent } from '../../../src/events/domain/tracked-event.js';

describe('the admission of those who do not wait for ever', () => {
  let queue: AppendQueue;
  let pace: WritePace;
  let admission: Admission;

  beforeEach(() => {
    queue = new AppendQueue();
    pace = new WritePace();
    admission = new Admission(queue, pace, 15);
  });

  const waits = (rows: number, bytes = 0): void => {
    const events = Array.from({ length: rows }, () => ({}) as TrackedEvent);
    const append: Append = {
      events,
      bytes,
      deadline: 1_000,
      resolve: () => undefined,
      reject: () => undefined,
      late: null,
    };
    queue.add(append);
  };

  it('lets in whoever finds nobody waiting, however slow PostgreSQL is', () => {
    pace.wrote(1, 10_000);
    expect(admission.hasRoom(1, 0)).toBe(true);
    expect(admission.hasRoom(1_000, 0)).toBe(true);
  });

  it('lets in while what waits takes no longer than the time that it may', () => {
    for (let n = 0; n < 20; n += 1) pace.wrote(1 + (n % 5), 5 + (1 + (n % 5)));
    waits(8);
    expect(admission.hasRoom(1, 0)).toBe(true); // 5 + 9 ms
    waits(3);
    expect(admission.hasRoom(1, 0)).toBe(false); // 5 + 12 ms
  });

  it('lets somebody wait where a lone event takes longer than that time by itself', () => {
    pace.wrote(1, 40);
    waits(1);
    expect(admission.hasRoom(1, 0)).toBe(true);
    waits(9);
    expect(admission.hasRoom(1, 0)).toBe(false);
  });

  it('lets many events wait longer than few, and behind all that waits', () => {
    for (let n = 0; n < 40; n += 1) pace.wrote(1 + (n % 5) * 100, 5 + (1 + (n % 5) * 100));
    waits(100);
    expect(admission.hasRoom(1, 0)).toBe(true); // goes before them
    expect(admission.hasRoom(200, 0)).toBe(true);
    expect(admission.hasRoom(350, 0)).toBe(false);
  });

  it('lets many in where only small writes, the larger of them in busier moments, have told the pace', () => {
    for (let n = 0; n < 100; n += 1) pace.wrote(10 + (n % 5) * 10, 4 + (n % 5) * 3);
    waits(6_300);
    expect(admission.hasRoom(100, 0)).toBe(true);
  });

  it('turns many away where a lone event takes so long that they could not be written in time', () => {
    for (let n = 0; n < 100; n += 1) pace.wrote(1, 300);
    waits(6_300);
    expect(admission.hasRoom(100, 0)).toBe(false);
  });

  it('turns many away once a few large writes have told that rows themselves take long', () => {
    for (let n = 0; n < 100; n += 1) pace.wrote(10 + (n % 5) * 10, 12 + (n % 5) * 2);
    for (let n = 0; n < 2; n += 1) pace.wrote(2_000, 410);
    waits(6_300);
    expect(admission.hasRoom(100, 0)).toBe(false);
  });

  it('has an end for memory, even before any write has told its pace', () => {
    waits(1, 64 * 1024 * 1024);
    expect(admission.hasRoom(1, 1)).toBe(false);
    expect(admission.hasRoom(1, 0)).toBe(true);
    waits(19_999);
    expect(admission.hasRoom(1, 0)).toBe(false);
  });
});
