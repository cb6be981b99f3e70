import { HOUR_MS } from '../../events/domain/calendar.js';
import type { TimeRange } from '../../events/domain/time-range.js';
import { type ByDevice, byDevice, DEVICE_CLASS_NAMES, type DeviceClass } from './device-class.js';
import { DEPTHS, READ_MS } from './reach.js';

/**
 * Each view or scroll is four words of 32 bits. The first three are a hash of its `view_id`. The last one holds, from the
 * lowest bit on, the milliseconds since its hour began, how many of `DEPTHS` its `scroll_depth` reached, the place of its
 * class of device, and whether it is a view.
 */
export const WORDS = 4;
const ID_WORDS = 3;
export const STEP_SHIFT = 22;
export const DEVICE_SHIFT = 27;
export const VIEW_SHIFT = 29;
/** It says no depth. */
export const NO_STEP = 31;
const MS = 2 ** STEP_SHIFT - 1;

export interface ViewCounts {
  readonly views: number;
  readonly withoutDepth: number;
  /** Each view counts once, with the smallest class that it was seen in. */
  readonly byDevice: ByDevice;
  /** Views that reached the n-th of `DEPTHS`. */
  readonly reached: readonly number[];
}

/** The packed views and scrolls of an hour, which is numbered from the epoch. */
export interface HourOfViews {
  readonly hour: number;
  readonly events: Uint32Array;
}

/**
 * Counts the views that begin in the window, with the greatest depth that each told between the start of the window and a
 * day after it began. It may be interrupted after each hour.
 *
 * @param hours whole hours from the start of the window to a day after its end, each once
 * @param device null: all devices. Else a view begins with its first `view` on such a device.
 */
export function* viewCountsOf(
  hours: readonly HourOfViews[],
  window: TimeRange,
  device: DeviceClass | null,
): Generator<undefined, ViewCounts> {
  const wanted = device === null ? null : DEVICE_CLASS_NAMES.indexOf(device);
  const begins = (rest: number, at: number) =>
    rest >> VIEW_SHIFT === 1 && at >= window.start && at < window.end && (wanted === null || deviceOf(rest) === wanted);
  let most = 0;
  for (const { hour, events } of hours) {
    for (let n = ID_WORDS; n < events.length; n += WORDS) if (begins(events[n]!, timeOf(hour, events[n]!))) most += 1;
    yield;
  }
  const views = new Views(most);
  for (const { hour, events } of hours) {
    for (let n = 0; n < events.length; n += WORDS) {
      const rest = events[n + ID_WORDS]!;
      const at = timeOf(hour, rest);
      if (begins(rest, at)) views.begin(events, n, at, deviceOf(rest));
    }
    yield;
  }
  for (const { hour, events } of hours) {
    for (let n = 0; n < events.length; n += WORDS) {
      const rest = events[n + ID_WORDS]!;
      const step = (rest >> STEP_SHIFT) & NO_STEP;
      const at = timeOf(hour, rest);
      if (step !== NO_STEP && at >= window.start) views.reach(events, n, at, step);
    }
    yield;
  }
  return views.counts();
}

const timeOf = (hour: number, rest: number) => hour * HOUR_MS + (rest & MS);
const deviceOf = (rest: number) => (rest >> DEVICE_SHIFT) & 3;

const UNTOLD = -1;

/** The views by the hashes of their ids: an open hash table of plain numbers, since a page may have half a million of them. */
class Views {
  private readonly slots: Int32Array;
  private readonly ids: Uint32Array;
  private readonly began: Float64Array;
  private readonly devices: Uint8Array;
  private readonly steps: Int8Array;
  private count = 0;

  /** @param most how many there are at most */
  constructor(most: number) {
    this.slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * most + 2)));
    this.ids = new Uint32Array(ID_WORDS * most);
    this.began = new Float64Array(most);
    this.devices = new Uint8Array(most);
    this.steps = new Int8Array(most).fill(UNTOLD);
  }

  begin(events: Uint32Array, n: number, at: number, device: number): void {
    const slot = this.slotOf(events, n);
    let view = this.slots[slot]! - 1;
    if (view < 0) {
      view = this.count;
      this.count += 1;
      this.slots[slot] = this.count; // 0 is an empty slot
      for (let word = 0; word < ID_WORDS; word += 1) this.ids[view * ID_WORDS + word] = events[n + word]!;
      this.began[view] = at;
      this.devices[view] = device;
      return;
    }
    if (at < this.began[view]!) this.began[view] = at;
    if (device < this.devices[view]!) this.devices[view] = device;
  }

  reach(events: Uint32Array, n: number, at: number, step: number): void {
    const view = this.slots[this.slotOf(events, n)]! - 1;
    if (view >= 0 && at <= this.began[view]! + READ_MS && step > this.steps[view]!) this.steps[view] = step;
  }

  counts(): ViewCounts {
    const devices = [0, 0, 0, 0];
    const bySteps = new Uint32Array(DEPTHS.length + 1);
    let withoutDepth = 0;
    for (let view = 0; view < this.count; view += 1) {
      devices[this.devices[view]!]! += 1;
      const step = this.steps[view]!;
      if (step === UNTOLD) withoutDepth += 1;
      else bySteps[step]! += 1;
    }
    const reached = DEPTHS.map((_, n) => bySteps.subarray(n + 1).reduce((sum, views) => sum + views, 0));
    return { views: this.count, withoutDepth, byDevice: byDevice((place) => devices[place]!), reached };
  }

  /** The slot of the view, or the empty one where it belongs. */
  private slotOf(events: Uint32Array, n: number): number {
    const last = this.slots.length - 1;
    for (let slot = events[n]! & last; ; slot = (slot + 1) & last) {
      const id = (this.slots[slot]! - 1) * ID_WORDS;
      if (id < 0) return slot;
      if (this.ids[id] === events[n] && this.ids[id + 1] === events[n + 1] && this.ids[id + 2] === events[n + 2])
        return slot;
    }
  }
}
