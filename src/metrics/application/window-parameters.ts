import { ChoiceParameter, TimeParameter } from '../../platform/http/query-parameters.js';
import { MAX_RANGE_DAYS, type Period, PERIODS, type WindowRequest } from './requested-window.js';

/**
 * Makes a class to extend, with the query parameters that name a window.
 *
 * @param usual the period if the request names none
 * @param what the thing that the descriptions name
 */
export function WindowParameters(usual: Period, what = 'the window') {
  class Parameters {
    @ChoiceParameter(Object.keys(PERIODS), {
      default: usual,
      description: `Length of ${what}, which ends now. Not looked at when both \`from\` and \`to\` are given.`,
      example: usual,
    })
    period: Period = usual;

    @TimeParameter({
      description: `Start of ${what}, not included: RFC 3339 with offset, or epoch milliseconds. Without \`to\` it ends now. At most ${MAX_RANGE_DAYS} days.`,
      example: '2025-11-22T00:00:00.000Z',
    })
    from?: string;

    @TimeParameter({
      description: `End of ${what}, included: RFC 3339 with offset, or epoch milliseconds. Without \`from\` it is the \`period\` before it.`,
      example: '2025-11-23T00:00:00.000Z',
    })
    to?: string;
  }
  return Parameters;
}

export const windowOf = ({
  period,
  from,
  to,
}: {
  readonly period: Period;
  readonly from?: string;
  readonly to?: string;
}): WindowRequest => ({ period, from: from ?? null, to: to ?? null });
