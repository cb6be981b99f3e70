import Type from 'typebox';
import { type Answer, answer } from '../../../platform/answer-schema.js';
import { CONDITIONS } from '../../domain/upstream.js';

const CONDITION = Type.Enum([...CONDITIONS], {
  examples: ['healthy'],
  description:
    '`healthy`: within 2 s it answered with data of the right shape, or that it wants other credentials. `timeout`: not within 2 s.',
});

export const ServicesHealth = answer('ServicesHealth', {
  microservice1: CONDITION,
  microservice2: CONDITION,
  microservice3: CONDITION,
  microservice4: CONDITION,
});
export type ServicesHealth = Answer<typeof ServicesHealth>;
