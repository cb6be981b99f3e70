import type {
  AlertRuleView,
  CreatedAlertRule,
  RenewedSecret,
  TestedRule,
} from '../../../../alerts/application/answers/alert-rule.answer.js';
import { ask, posted } from './client.js';

const addressOf = (id: string, what = '') => `/alerts/rules/${encodeURIComponent(id)}${what}`;
const read = async <T>(address: string, init: RequestInit) => (await ask(address, init)).json() as Promise<T>;

export const getRule = (id: string, signal?: AbortSignal) => read<AlertRuleView>(addressOf(id), { signal });

/** @param rule as the API takes it */
export const createRule = (rule: unknown) => read<CreatedAlertRule>('/alerts/rules', posted(JSON.stringify(rule)));

/** @param rule the whole of it, as the API takes it */
export const changeRule = (id: string, rule: unknown) =>
  read<AlertRuleView>(addressOf(id), posted(JSON.stringify(rule), 'PUT'));

export const deleteRule = (id: string) => read<AlertRuleView>(addressOf(id), posted(null, 'DELETE'));

/** Tells its webhook something now. */
export const testRule = (id: string) => read<TestedRule>(addressOf(id, '/test'), posted(null));

export const renewSecret = (id: string) => read<RenewedSecret>(addressOf(id, '/secret'), posted(null));
