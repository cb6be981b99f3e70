import { needsOf, subsets } from '../../domain/hall.js';
import type { Step } from '../../domain/step.js';
import { conditionOf, type Parameter } from './step-conditions.js';

export interface Chains {
  /** The conditions of the later steps, each of them once. */
  readonly conditions: readonly string[];
  /**
   * Columns of a moment (a user and a millisecond), with how many events meet the conditions.
   * @param first index of the first step that is asked about
   */
  counts(first: number): string[];
  /** Whether the events of a moment serve all steps from the one after `done` through `through`. */
  serves(done: number, through: number): string;
  /**
   * The time at which the step is reached by a user who has done `done` steps before the moment and does the next one at it;
   * null: never.
   */
  time(done: number, step: number): string;
  /** The moments, with the columns that `time` needs of those that follow, for users who have done `done` steps or more. */
  over(moments: string, done: number): string;
}

/**
 * Selects each user's moments from the last to the first. `n2_3` is when step 3 is reached by a user who has done two steps
 * before the moment and does the next one after it. That is the least time over the moments that follow, because going on
 * sooner never means arriving later. So each column is a running minimum. The columns do not depend on `within`: a chain of
 * earliest steps is also the one that stays within it the longest.
 *
 * @param starts condition of step 1
 */
export function chainsOf(steps: readonly Step[], starts: string, parameter: Parameter): Chains {
  const later = [...new Set(steps.slice(1).map(({ name }) => name))];
  const conditions = later.map((name) =>
    conditionOf(
      steps.find((step, index) => index > 0 && step.name === name)!,
      parameter,
    ),
  );
  const numbered = steps.map(({ name, kind }, index) => ({
    condition: index === 0 ? 0 : later.indexOf(name) + 1,
    kind,
  }));
  const last = steps.length;
  const column = (set: readonly number[]) => `c${set.join('_')}`;

  const counts = (first: number) => {
    const asked = numbered.slice(first);
    const sets = [...new Set(asked.map(({ kind }) => kind))].flatMap((kind) => {
      const ofKind = asked.filter((step) => step.kind === kind).map(({ condition }) => condition);
      return subsets([...new Set(ofKind)].sort((a, b) => a - b));
    });
    const test = (one: number) => `(${one === 0 ? starts : conditions[one - 1]})`;
    return sets.map((set) => `count(*) filter (where ${set.map(test).join(' or ')}) as ${column(set)}`);
  };
  const serves = (done: number, through: number) =>
    needsOf(numbered, done, through - 1)
      .map((need) => `${column(need.conditions)} >= ${need.events}`)
      .join(' and ');
  const time = (done: number, step: number) => {
    const sooner = Array.from({ length: step - done - 1 }, (_, n) => step - 1 - n);
    const cases = sooner.map((through) => `when ${serves(done, through)} then n${through}_${step}`);
    return `case when ${[`${serves(done, step)} then t`, ...cases].join(' ')} end`;
  };
  const over = (moments: string, done: number) =>
    Array.from({ length: last - done }, (_, n) => last - 1 - n).reduce((rows, level) => {
      const columns = Array.from({ length: last - level }, (_, n) => level + 1 + n).map(
        (step) => `min(${time(level, step)}) over following as n${level}_${step}`,
      );
      return `
    select *, ${columns.join(', ')}
    from (${rows}) l${level}
    window following as (partition by subject order by t desc rows between unbounded preceding and 1 preceding)`;
    }, `select * from ${moments}`);
  return { conditions, counts, serves, time, over };
}
