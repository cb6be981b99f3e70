/** Classes of devices by the width of their viewport in pixels, `[from, to)`. */
export const DEVICE_CLASSES = {
  phone: { from: 0, to: 600 },
  tablet: { from: 600, to: 1024 },
  desktop: { from: 1024, to: Infinity },
} as const;
export type DeviceClass = keyof typeof DEVICE_CLASSES;

export const DEVICE_CLASS_NAMES = Object.keys(DEVICE_CLASSES) as readonly DeviceClass[];

/** The place of the unknown class, after those that have a name. */
export const UNKNOWN_DEVICE = DEVICE_CLASS_NAMES.length;

/** Counts by class of device; those of unknown width stand under `unknown`. */
export type ByDevice = Readonly<Record<DeviceClass | 'unknown', number>>;

/** @param at the count of the n-th name, or of the unknown class, by its place */
export const byDevice = (at: (place: number) => number): ByDevice => {
  const [phone, tablet, desktop] = DEVICE_CLASS_NAMES.map((_, place) => at(place));
  return { phone: phone!, tablet: tablet!, desktop: desktop!, unknown: at(UNKNOWN_DEVICE) };
};
