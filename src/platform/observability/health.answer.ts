import Type from 'typebox';
import { type Answer, answer, text } from '../answer-schema.js';

export const SERVICE = 'monitoreo-servicio';

const ComponentHealth = answer('ComponentHealth', {
  status: Type.Enum(['up', 'down', 'off'], { examples: ['up'] }),
  reason: Type.Optional(text('PostgreSQL is not reachable', 'Why it is not up, in words for an operator.')),
});
export type ComponentHealth = Answer<typeof ComponentHealth>;

export const HealthReport = answer('Health', {
  status: Type.Enum(['healthy', 'degraded'], {
    examples: ['healthy'],
    description: '`degraded` while a part is away; `components` names it',
  }),
  service: text(SERVICE),
  components: Type.Record(Type.String(), ComponentHealth, {
    examples: [{ postgresql: { status: 'up' }, pulsar: { status: 'up' } }],
    description: 'Each part: `up`, `down` with the reason, or `off` when there is none to connect to',
  }),
});
export type HealthReport = Answer<typeof HealthReport>;

export const Alive = answer('Alive', { status: Type.Enum(['ok'], { examples: ['ok'] }) });
export type Alive = Answer<typeof Alive>;
