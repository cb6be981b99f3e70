import { WriterSlots } from '../../../src/events/infrastructure/postgres/recording/queue/writer-slots.js';

describe('when another write begins', () => {
  let again: jest.Mock;
  let slots: WriterSlots;

  beforeEach(() => {
    jest.useFakeTimers();
    again = jest.fn();
    slots = new WriterSlots(2, again);
  });

  afterEach(() => jest.useRealTimers());

  it('at once while none is in flight', () => {
    expect(slots.mayBegin(1)).toBe(true);
    expect(slots.begin()).toBe(false);
    slots.end();
    expect(slots.mayBegin(1)).toBe(true);
  });

  it('beside another with rows that are worth it', () => {
    slots.begin();
    expect(slots.mayBegin(27)).toBe(false);
    expect(slots.mayBegin(28)).toBe(true);
    expect(slots.begin()).toBe(true);
  });

  it('beside another that takes long, and says so once when it does', () => {
    slots.begin();
    expect(slots.mayBegin(1)).toBe(false);
    expect(slots.mayBegin(2)).toBe(false);
    jest.advanceTimersByTime(7);
    expect(again).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(again).toHaveBeenCalledTimes(1);
    expect(slots.mayBegin(1)).toBe(true);
  });

  it('never beyond the connections that there are, however much waits and for however long', () => {
    slots.begin();
    slots.begin();
    jest.advanceTimersByTime(60_000);
    expect(slots.mayBegin(20_000)).toBe(false);
    slots.end();
    expect(slots.mayBegin(20_000)).toBe(true);
  });
});
