/** Classes of devices by the width of their viewport in pixels, `[from, to)`. */
export const DEVICE_CLASSES = {
  phone: { from: 0, to: 600 },
  tablet: { from: 600, to: 1024 },
  desktop: { from: 1024, to: Infinity },
} as const;
export type DeviceClass = keyof typeof DEVICE_CLASSES;

export const DEVICE_CLASS_NAMES = Object.keys(DEVICE_CLASSES) as readonly DeviceClass[];
