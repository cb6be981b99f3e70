import { get } from '../../api/client.js';
import { useAnswer } from '../../api/use-answer.js';
import { money, number, t } from '../../language/language.js';
import { Answered } from '../../parts/states.js';
import { Table } from '../../parts/table.js';
import { TopPagesTable } from '../../parts/top-pages.js';
import { viewAddress } from '../../shell/address.js';

const EVERY_MS = 30_000;

/** Breaks the figures down; each row leads to its events. */
export function Breakdowns({ question, asked }: { question: string; asked: Record<string, string | null> }) {
  const pages = useAnswer(question, (signal) => get('/metrics/pages', { ...asked, limit: 8 }, signal), EVERY_MS);
  const more = useAnswer(
    question,
    (signal) => get('/metrics', { ...asked, include: 'amounts,types' }, signal),
    EVERY_MS,
  );
  const to = (parameters: Record<string, string>) => viewAddress('/dashboard/events', parameters);
  return (
    <section class="cols">
      <div class="card">
        <h2>{t('topPages')}</h2>
        <Answered asked={pages}>
          {(answer) => (
            <TopPagesTable
              pages={answer.pages}
              named={(page_url) => <a href={to({ event_type: 'click', page_url })}>{page_url}</a>}
            />
          )}
        </Answered>
      </div>
      <div class="card">
        <h2>{t('revenue')}</h2>
        <Answered asked={more}>
          {({ revenue, amounts }) => (
            <>
              <Table
                label={t('revenue')}
                empty={t('noSales')}
                columns={[
                  { title: t('currency') },
                  { title: t('sales'), numeric: true },
                  { title: t('sum'), numeric: true },
                  { title: t('average'), numeric: true },
                ]}
                rows={revenue.map(({ currency, sales, amount, average_order_value }) => [
                  <a href={to({ event_type: 'sale', label: currency })}>{currency}</a>,
                  number(sales),
                  money(amount, 'XXX'),
                  average_order_value === null ? '–' : money(average_order_value, 'XXX'),
                ])}
              />
              {(amounts?.currencies ?? []).map(({ currency, p50, p95 }) => (
                <p class="sub half">{t('half', { currency, p50: money(p50, 'XXX'), p95: money(p95, 'XXX') })}</p>
              ))}
            </>
          )}
        </Answered>
      </div>
      <div class="card">
        <h2>{t('conversionTypes')}</h2>
        <Answered asked={more}>
          {({ types }) => (
            <Table
              label={t('conversionTypes')}
              empty={t('noConversions')}
              columns={[{ title: t('type') }, { title: t('count'), numeric: true }]}
              rows={(types?.types ?? []).map(({ conversion_type, conversions }) => [
                conversion_type === null ? (
                  t('untyped')
                ) : (
                  <a class="long" href={to({ event_type: 'conversion', label: conversion_type })}>
                    {conversion_type}
                  </a>
                ),
                number(conversions),
              ])}
            />
          )}
        </Answered>
      </div>
    </section>
  );
}
