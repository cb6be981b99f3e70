export const INTAKES = ['pulsar', 'http', 'merge', 'import'] as const;
/** The way an event came in. `pulsar` and `http` are live; `merge` and `import` bring older data and have no age bound. */
export type Intake = (typeof INTAKES)[number];
