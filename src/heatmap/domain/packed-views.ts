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
  const most = hours.reduce((sum, { events }) => sum + viewsIn(events), 0);
  const views = new Views(most, window, device === null ? ANY : DEVICE_CLASS_NAMES.indexOf(device));
  for (const hour of hours) yield views.begin(hour);
  for (const hour of hours) yield views.reach(hour);
  return views.counts();
}

/** How many of the events are a `view`. */
function viewsIn(events: Uint32Array): number {
  let views = 0;
  for (let n = ID_WORDS; n < events.length; n += WORDS) views += events[n]! >> VIEW_SHIFT;
  return views;
}

const ANY = -1;

/** The words of a record: the hash of the id, when the view began, its device, and one more than its step (0: untold). */
const RECORD = 6;
const BEGAN = 3;
const DEVICE = 4;
const TOLD = 5;

/**
 * The views by the hashes of their ids: an open hash table of plain numbers, since a page may have half a million of them.
 * What is known of a view lies in one place, and the loops call nothing for an event but the search: what takes the time is
 * memory.
 */
class Views {
  /** One more than the number of a record; 0 is an empty slot. */
  private readonly slots: Int32Array;
  private readonly records: Uint32Array;
  private count = 0;

  /** @param most how many there are at most. @param device the place of its class */
  constructor(
    most: number,
    private readonly window: TimeRange,
    private readonly device: number,
  ) {
    this.slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * most + 2)));
    this.records = new Uint32Array(RECORD * most);
  }

  /** Takes the views that begin in the hour, or before what is known of them. */
  begin({ hour, events }: HourOfViews): undefined {
    const { records, slots, device: wanted } = this;
    // A window is at most 31 days long, so milliseconds since its start fit into a word.
    const length = this.window.end - this.window.start;
    const sinceStart = hour * HOUR_MS - this.window.start;
    for (let n = 0; n < events.length; n += WORDS) {
      const rest = events[n + ID_WORDS]!;
      const at = sinceStart + (rest & MS);
      const device = (rest >> DEVICE_SHIFT) & 3;
      if (rest >> VIEW_SHIFT === 0 || at < 0 || at >= length || (wanted !== ANY && wanted !== device)) continue;
      const slot = this.slotOf(events, n);
      const known = (slots[slot]! - 1) * RECORD;
      if (known >= 0) {
        if (at < records[known + BEGAN]!) records[known + BEGAN] = at;
        if (device < records[known + DEVICE]!) records[known + DEVICE] = device;
        continue;
      }
      const view = this.count * RECORD;
      this.count += 1;
      slots[slot] = this.count;
      for (let word = 0; word < ID_WORDS; word += 1) records[view + word] = events[n + word]!;
      records[view + BEGAN] = at;
      records[view + DEVICE] = device;
    }
  }

  /** Takes what the hour says of the depth of views that have begun. */
  reach({ hour, events }: HourOfViews): undefined {
    const { records, slots } = this;
    const sinceStart = hour * HOUR_MS - this.window.start;
    for (let n = 0; n < events.length; n += WORDS) {
      const rest = events[n + ID_WORDS]!;
      const step = (rest >> STEP_SHIFT) & NO_STEP;
      const at = sinceStart + (rest & MS);
      if (step === NO_STEP || at < 0) continue;
      const view = (slots[this.slotOf(events, n)]! - 1) * RECORD;
      if (view >= 0 && at <= records[view + BEGAN]! + READ_MS && step >= records[view + TOLD]!)
        records[view + TOLD] = step + 1;
    }
  }

  counts(): ViewCounts {
    const devices = [0, 0, 0, 0];
    const byTold = new Uint32Array(DEPTHS.length + 2);
    for (let view = 0; view < this.count * RECORD; view += RECORD) {
      devices[this.records[view + DEVICE]!]! += 1;
      byTold[this.records[view + TOLD]!]! += 1;
    }
    return {
      views: this.count,
      withoutDepth: byTold[0]!,
      byDevice: byDevice((place) => devices[place]!),
      reached: DEPTHS.map((_, n) => byTold.subarray(n + 2).reduce((sum, views) => sum + views, 0)),
    };
  }

  /** The slot of the view, or the empty one where it belongs. */
  private slotOf(events: Uint32Array, n: number): number {
    const { slots, records } = this;
    const last = slots.length - 1;
    for (let slot = events[n]! & last; ; slot = (slot + 1) & last) {
      const view = (slots[slot]! - 1) * RECORD;
      if (view < 0) return slot;
      if (records[view] === events[n] && records[view + 1] === events[n + 1] && records[view + 2] === events[n + 2])
        return slot;
    }
  }
}
