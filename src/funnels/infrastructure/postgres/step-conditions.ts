import { pageKeyOf } from '../../../events/domain/page-key.js';
import type { Step } from '../../domain/step.js';

export type Parameter = (value: unknown) => string;

/**
 * A click here is neither a vote nor an interaction. Types stand in the text as constants, because only for a constant does
 * PostgreSQL consider a partial index.
 */
const KINDS: Readonly<Record<Step['kind'], string>> = {
  click: `event_type = 'click' and reaction is null and interaction is null`,
  view: `event_type = 'click' and interaction = 'view'`,
  conversion: `event_type = 'conversion'`,
  sale: `event_type = 'sale'`,
};

/** A condition on the columns of a fact. */
export const conditionOf = ({ kind, conversionType, pageUrl }: Step, parameter: Parameter): string =>
  [
    KINDS[kind],
    ...(conversionType === null ? [] : [`conversion_type = ${parameter(conversionType)}`]),
    ...(pageUrl === null ? [] : [onPage(pageUrl, parameter)]),
  ].join(' and ');

export const onPage = (pageUrl: string, parameter: Parameter): string =>
  `page_key = ${parameter(String(pageKeyOf(pageUrl)))}::bigint and page_url = ${parameter(pageUrl)}`;
