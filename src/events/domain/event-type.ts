/** A file of its own, because answers name it and must need nothing of Node. */
export const EVENT_TYPES = ['click', 'conversion', 'sale'] as const;
export type EventType = (typeof EVENT_TYPES)[number];
