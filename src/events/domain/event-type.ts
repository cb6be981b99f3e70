/** A file of its own, because answers name it and must need nothing of Node. */
export const EVENT_TYPES = ['click', 'conversion', 'sale'] as const;
export type EventType = (typeof EVENT_TYPES)[number];
/** A vote of the live clicker, on a click. */
export const REACTIONS = ['cheers', 'hate'] as const;
export type Reaction = (typeof REACTIONS)[number];
/** A page view, or how far it was read, on a click. */
export const INTERACTIONS = ['view', 'scroll'] as const;
export type Interaction = (typeof INTERACTIONS)[number];
